#include "ebpf/skipped_calls.h"

#include <gtest/gtest.h>

namespace forkdb {
namespace {

TEST(SkippedCallsTest, AreWhatReturnedAndTookNoNumber) {
  SkippedCalls skipped;
  EXPECT_EQ(skipped.Update(10, 10), 0);
  EXPECT_EQ(skipped.Update(13, 11), 2);
}

TEST(SkippedCallsTest, AreNeverTooManyNorTakenBackForACallUnderWay) {
  SkippedCalls skipped;
  EXPECT_EQ(skipped.Update(10, 12), 0) << "two vforks wait";
  EXPECT_EQ(skipped.Update(13, 12), 1);
  EXPECT_EQ(skipped.Update(14, 15), 1);
  EXPECT_EQ(skipped.Update(17, 16), 1);
}

}  // namespace
}  // namespace forkdb
