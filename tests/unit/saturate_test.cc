#include "base/saturate.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "store/record.h"

namespace forkdb {
namespace {

// Holds any sum or product of two int64_t.
__extension__ using Wide = __int128;

int64_t Nearest(Wide number) {
  if (number < kLowest) return kLowest;
  return number > kHighest ? kHighest : static_cast<int64_t>(number);
}

TEST(Saturate, GivesTheNearestNumberThatFits) {
  const std::vector<int64_t> numbers = {
      kLowest, kLowest + 1, -4096, -2,           -1,      0,
      1,       2,           4096,  kHighest - 1, kHighest};
  for (const int64_t left : numbers) {
    for (const int64_t right : numbers) {
      EXPECT_EQ(Plus(left, right), Nearest(Wide{left} + right));
      EXPECT_EQ(Minus(left, right), Nearest(Wide{left} - right));
      EXPECT_EQ(Times(left, right), Nearest(Wide{left} * right));
    }
  }
}

TEST(Saturate, HoldsForIdsOfForgedStreamsAndBlocks) {
  EXPECT_EQ(RecordId(kHighest, 1), kHighest);
  EXPECT_EQ(RecordId(kLowest, 1), kLowest + 1);
  EXPECT_EQ(FirstIdOf(kHighest), kHighest);
  EXPECT_EQ(LastIdOf(kHighest), kHighest);
  EXPECT_EQ(LastIdOf(1), 8191);
}

}  // namespace
}  // namespace forkdb
