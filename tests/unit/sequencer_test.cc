#include "recorder/ingest/sequencer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "recorder/ingest/streams.h"
#include "store/database.h"
#include "store/trouble.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using Verdict = Sequencer::Verdict;

// A sequencer whose sink is a map: it stores no rows.
class SequencerTest : public testing::Test {
 protected:
  SequencerTest()
      : database_(OpenForWriting(kMemoryDatabase)),
        stream_(FindOrInsertStream(ProcStream("a"), &database_).id) {}

  Sequencer Make() {
    return Sequencer(
        stream_, "x",
        [this](int64_t seq) -> std::optional<int64_t> {
          const auto stored = stored_.find(seq);
          if (stored == stored_.end()) return std::nullopt;
          return stored->second;
        },
        &database_);
  }

  Verdict Take(int64_t seq, Sequencer* sequencer, int64_t later_ns = 0) {
    Record record = ForkRecord(seq);
    record.time_ns += later_ns;
    const Verdict verdict = sequencer->Take(Event(record), 7, &drain_);
    if (verdict == Verdict::kNew || verdict == Verdict::kLate) {
      stored_[seq] = record.time_ns;
    }
    return verdict;
  }

  SQLite::Database database_;
  int64_t stream_;
  std::map<int64_t, int64_t> stored_;  // times by number
  Drain drain_;
};

TEST_F(SequencerTest, TellsNewLateAndDuplicateApartForAnySink) {
  Sequencer sequencer = Make();
  sequencer.Begin();
  EXPECT_EQ(Take(1, &sequencer), Verdict::kNew);
  EXPECT_EQ(Take(4, &sequencer), Verdict::kNew);
  EXPECT_EQ(Take(4, &sequencer), Verdict::kDuplicate);
  EXPECT_EQ(Take(4, &sequencer, 1), Verdict::kContradiction);
  EXPECT_EQ(Take(2, &sequencer), Verdict::kLate);
  EXPECT_EQ(Take(2, &sequencer), Verdict::kDuplicate);
  ASSERT_EQ(drain_.gaps.size(), 1U);
  EXPECT_EQ(drain_.gaps[0].missing(), 2);
  EXPECT_EQ(drain_.filled.size(), 1U);
  EXPECT_EQ(Ask(&database_, "SELECT first_seq, last_seq FROM gaps"), "3|3");
}

TEST_F(SequencerTest, GoesOnWhereAnotherOneSavedItsPlace) {
  Sequencer first = Make();
  first.Begin();
  Take(1, &first);
  first.Finish(5, 7, &drain_);
  first.Save(std::nullopt);
  Sequencer second = Make();
  second.Begin();
  EXPECT_EQ(second.next_seq(), 6);
  EXPECT_EQ(Take(6, &second), Verdict::kNew);
  EXPECT_EQ(Ask(&database_,
                "SELECT first_seq, last_seq, before_ns IS NULL FROM gaps"),
            "2|5|0")
      << "the gap that was open";
}

TEST_F(SequencerTest, BelievesNoImpossibleNumber) {
  database_.exec("PRAGMA ignore_check_constraints = 1");
  database_.exec("UPDATE streams SET next_seq = -3");
  EXPECT_THAT(MessageOf<DatabaseTrouble>([&] { Make().Begin(); }),
              testing::HasSubstr("stream 1 has the impossible next number -3"));
}

}  // namespace
}  // namespace forkdb
