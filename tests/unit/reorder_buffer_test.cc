#include "recorder/source/reorder_buffer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/unit/testing.h"

namespace forkdb {
namespace {

class ReorderBufferTest : public testing::Test {
 protected:
  // What is handed over after these have come in.
  std::vector<int64_t> Take(const std::vector<int64_t>& seqs,
                            int64_t final_seq) {
    for (const int64_t seq : seqs) {
      buffer_.incoming()->push_back(ForkRecord(seq));
    }
    Batch batch;
    buffer_.HandOver(final_seq, &batch);
    final_seq_ = batch.final_seq;
    return Seqs(batch);
  }

  ReorderBuffer buffer_;
  int64_t final_seq_ = 0;
};

using Numbers = std::vector<int64_t>;

TEST_F(ReorderBufferTest, HandsOverWhatFollowsOn) {
  EXPECT_EQ(Take({2, 1, 3}, 0), (Numbers{1, 2, 3}));
  EXPECT_EQ(final_seq_, 3);
}

TEST_F(ReorderBufferTest, HoldsBackWhatIsBehindAHoleUntilItIsFilled) {
  EXPECT_EQ(Take({1, 3}, 0), (Numbers{1}));
  EXPECT_EQ(final_seq_, 1);
  EXPECT_EQ(Take({2}, 0), (Numbers{2, 3}));
}

TEST_F(ReorderBufferTest, PassesOverAHoleThatIsFinal) {
  EXPECT_EQ(Take({1, 3}, 2), (Numbers{1, 3}));
  EXPECT_EQ(Take({7}, 9), (Numbers{7}));
  EXPECT_EQ(final_seq_, 9);
}

TEST_F(ReorderBufferTest, HandsOverARecordThatComesAfterItsHoleWasFinal) {
  EXPECT_EQ(Take({1, 3}, 2), (Numbers{1, 3}));
  EXPECT_EQ(Take({2, 4}, 2), (Numbers{2, 4}));
  EXPECT_EQ(final_seq_, 4);
}

TEST_F(ReorderBufferTest, HoldsABoundedNumberOfRecordsBehindAHole) {
  constexpr int64_t kMost = ReorderBuffer::kMostWaiting;
  int64_t handed_over = 0;
  int64_t seq = 2;  // number 1 never comes
  for (int round = 0; round < 5; ++round) {
    Numbers seqs;
    for (int64_t i = 0; i < kMost; ++i) seqs.push_back(seq++);
    handed_over += static_cast<int64_t>(Take(seqs, 0).size());
    EXPECT_LE(static_cast<int64_t>(buffer_.incoming()->size()), kMost);
  }
  EXPECT_EQ(handed_over + static_cast<int64_t>(buffer_.incoming()->size()),
            5 * kMost);
  EXPECT_GE(final_seq_, 1);
}

}  // namespace
}  // namespace forkdb
