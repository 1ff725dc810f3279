#include "base/suggest.h"

#include <gtest/gtest.h>

#include <string>

namespace forkdb {
namespace {

TEST(EditDistance, CountsWhatIsInsertedLeftOutReplacedOrSwapped) {
  EXPECT_EQ(EditDistance("", ""), 0);
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("abc", ""), 3);
  EXPECT_EQ(EditDistance("comm", "com"), 1);
  EXPECT_EQ(EditDistance("com", "comm"), 1);
  EXPECT_EQ(EditDistance("cotm", "comm"), 1);
  EXPECT_EQ(EditDistance("ocmm", "comm"), 1);
  EXPECT_EQ(EditDistance("COMM", "comm"), 0);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3);
}

TEST(Nearest, IsWhatMustHaveBeenMeant) {
  EXPECT_EQ(Nearest("usrname", {"uid", "username", "comm"}), "username");
  EXPECT_EQ(Nearest("pdi", {"uid", "pid", "ppid"}), "pid");
  EXPECT_EQ(Nearest("jsn", {"table", "json", "csv", "tsv"}), "json");
  EXPECT_EQ(Nearest("EAGIAN", {"EAGAIN", "EINVAL"}), "EAGAIN");
}

TEST(Nearest, IsNothingWhereNoneIsNear) {
  EXPECT_EQ(Nearest("", {"a", "pid"}), std::nullopt);
  EXPECT_EQ(Nearest("x", {"y", "pid"}), std::nullopt);
  EXPECT_EQ(Nearest("colour", {"pid", "comm", "username"}), std::nullopt);
  EXPECT_EQ(Nearest(std::string(1'000'000, 'x'), {"pid"}), std::nullopt);
  EXPECT_EQ(Nearest("pid", {}), std::nullopt);
}

TEST(DidYouMean, SaysSoOrSomethingElse) {
  EXPECT_EQ(DidYouMean("com", {"comm"}), ": did you mean 'comm'?");
  EXPECT_EQ(DidYouMean("zebra", {"comm"}), "");
  EXPECT_EQ(DidYouMean("zebra", {"comm"}, ":"), ":");
}

}  // namespace
}  // namespace forkdb
