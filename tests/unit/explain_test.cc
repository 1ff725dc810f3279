#include "query/print/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "store/decode.h"

namespace forkdb {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ExplainErrno, SaysHowManyWhatItIsAndWhatCausesIt) {
  const std::string text = ExplainErrno("EAGAIN", 12);
  EXPECT_THAT(text, StartsWith("EAGAIN (12 calls): "));
  EXPECT_THAT(text, HasSubstr("\n  - the user has reached RLIMIT_NPROC"));
  EXPECT_THAT(text, HasSubstr("pids.max"));
  EXPECT_EQ(text.back(), '\n');
  EXPECT_THAT(ExplainErrno("EAGAIN", 1), StartsWith("EAGAIN (1 call): "));
}

TEST(ExplainErrno, HasTheMeaningAloneOfAnErrorWithoutCauses) {
  EXPECT_EQ(ExplainErrno("EXDEV", 2),
            "EXDEV (2 calls): Invalid cross-device link\n");
  EXPECT_EQ(ExplainErrno("E4000", 1), "E4000 (1 call): Error 4000\n");
}

TEST(ExplainErrno, KnowsOnlyNamesThatTheColumnCanHave) {
  for (const std::string& name : ExplainedErrnos()) {
    ASSERT_TRUE(ErrnoFromName(name)) << name;
    EXPECT_EQ(ErrnoName(*ErrnoFromName(name)), name);
    // Each cause is a line of its own, and whole.
    const std::string text = ExplainErrno(name, 1);
    EXPECT_THAT(text, HasSubstr("\n  - ")) << name;
    EXPECT_EQ(text.find("\n\n"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace forkdb
