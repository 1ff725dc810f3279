#include "recorder/database/pruner.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/soundness.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

class PrunerTest : public testing::Test {
 protected:
  PrunerTest()
      : database_(OpenForWriting(kMemoryDatabase)),
        writer_(&database_, "x"),
        pruner_(&database_) {}

  void Write(const std::vector<Record>& records,
             const std::string& boot_id = "a") {
    Batch batch = MakeBatch(records);
    Writer* writer = &writer_;
    Writer other(&database_, "x");
    if (boot_id != "a") writer = &other;
    writer->Write(ProcStream(boot_id), &batch, kStartNs);
  }

  std::string Sql(const std::string& sql) { return Ask(&database_, sql); }

  void ExpectSound() { forkdb::ExpectSound(&database_); }

  SQLite::Database database_;
  Writer writer_;
  Pruner pruner_;
};

TEST_F(PrunerTest, TakesNothingFromAnEmptyDatabase) {
  EXPECT_FALSE(pruner_.FirstTime(Pruner::kAnyTime));
  EXPECT_FALSE(pruner_.Prune(Pruner::kAnyTime));
}

TEST_F(PrunerTest, TakesABlockWhoseRecordsAreAllFromBefore) {
  Write(ForkRecords(1, 9000));
  const int64_t newest_ns = ForkRecord(4095).time_ns;
  EXPECT_FALSE(pruner_.Prune(newest_ns));
  EXPECT_EQ(pruner_.Prune(newest_ns + 1)->records, 4095);
  EXPECT_FALSE(pruner_.Prune(newest_ns + 1));
  EXPECT_EQ(Sql("SELECT min(seq), max(seq) FROM forks"), "4096|9000");
  EXPECT_EQ(Sql("SELECT pruned_seq FROM streams"), "4095");
  ExpectSound();
}

TEST_F(PrunerTest, TakesWhatWasRecordedFirstWhateverItsTimes) {
  std::vector<Record> late = ForkRecords(1, 100);
  for (Record& record : late) record.time_ns -= 1'000'000'000'000;
  Write(ForkRecords(1, 5000), "a");
  Write(late, "b");
  EXPECT_EQ(pruner_.Prune(Pruner::kAnyTime)->records, 4095);
  EXPECT_EQ(pruner_.Prune(Pruner::kAnyTime)->records, 905);
  EXPECT_EQ(Sql("SELECT DISTINCT boot FROM forks"), "b");
  ExpectSound();
}

TEST_F(PrunerTest, IsNotStoppedByRecordsFromTheFarFuture) {
  constexpr int64_t kCenturyNs = 3'000'000'000'000'000'000;
  std::vector<Record> records = ForkRecords(1, 9000);
  for (Record& record : records) {
    if (record.seq <= 100) record.time_ns += kCenturyNs;
  }
  Write(records);
  const int64_t now_ns = ForkRecord(10'000).time_ns;
  const int64_t before_ns = ForkRecord(8191).time_ns + 1;
  EXPECT_EQ(pruner_.FirstTime(now_ns), ForkRecord(8191).time_ns);
  EXPECT_EQ(pruner_.Prune(before_ns, now_ns)->records, 4095);
  EXPECT_EQ(pruner_.Prune(before_ns, now_ns)->records, 4096);
  EXPECT_FALSE(pruner_.Prune(before_ns, now_ns));
  EXPECT_EQ(Sql("SELECT min(seq) FROM forks"), "8192");
  ExpectSound();
}

TEST_F(PrunerTest, KeepsABootWithoutAClockAsLongAsWhatCameAfterIt) {
  std::vector<Record> records = ForkRecords(1, 9000);
  for (Record& record : records) record.time_ns -= kStartNs;  // 1970
  Write(ForkRecords(1, 100), "a");
  Write(records, "b");
  Write(ForkRecords(10'001, 10'100), "c");
  const int64_t now_ns = ForkRecord(20'000).time_ns;
  const int64_t between_ns = ForkRecord(10'000).time_ns;
  EXPECT_EQ(pruner_.Prune(between_ns, now_ns)->records, 100);
  EXPECT_FALSE(pruner_.Prune(between_ns, now_ns));
  EXPECT_EQ(Sql("SELECT boot, count(*) FROM forks GROUP BY 1"),
            "b|9000\nc|100");
  while (pruner_.Prune(now_ns, now_ns)) {
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM forks"), "0");
  ExpectSound();
}

TEST_F(PrunerTest, JudgesNothingByAClockThatWasNeverSet) {
  std::vector<Record> records = ForkRecords(1, 9000);
  for (Record& record : records) record.time_ns -= kStartNs;
  Write(records);
  EXPECT_FALSE(pruner_.FirstTime(kStartNs));
  EXPECT_FALSE(pruner_.Prune(kStartNs, kStartNs));
  EXPECT_EQ(pruner_.Prune(Pruner::kAnyTime, kStartNs)->records, 4095);
}

TEST_F(PrunerTest, TakesAGapThatIsAllThatIsLeftOfAStream) {
  Batch batch = MakeBatch(ForkRecords(1, 100));
  batch.final_seq = 20'000;
  writer_.Write(ProcStream("a"), &batch, kStartNs + 1);
  EXPECT_EQ(pruner_.Prune(Pruner::kAnyTime)->records, 100);
  EXPECT_EQ(Sql("SELECT first_seq, last_seq FROM gaps"), "4096|20000");
  EXPECT_FALSE(pruner_.Prune(kStartNs + 1));
  EXPECT_EQ(pruner_.Prune(kStartNs + 2)->records, 0);
  EXPECT_EQ(Sql("SELECT count(*) FROM gaps"), "0");
  EXPECT_EQ(Sql("SELECT pruned_seq FROM streams"), "20000");
  EXPECT_FALSE(pruner_.Prune(Pruner::kAnyTime));
  ExpectSound();
}

// What SQLite executes, of which no time of the machine is a part.
TEST_F(PrunerTest, CostsTheSameHoweverMuchIsKept) {
  int64_t steps = 0;
  sqlite3_trace_v2(
      database_.getHandle(), SQLITE_TRACE_PROFILE,
      [](unsigned, void* sum, void* statement, void*) {
        *static_cast<int64_t*>(sum) +=
            sqlite3_stmt_status(static_cast<sqlite3_stmt*>(statement),
                                SQLITE_STMTSTATUS_VM_STEP, 1);
        return 0;
      },
      &steps);
  const auto steps_of_pruning = [&] {
    steps = 0;
    EXPECT_TRUE(pruner_.Prune(Pruner::kAnyTime));
    return steps;
  };
  const auto write_blocks = [&](int64_t first, int64_t last) {
    std::vector<Record> records =
        ForkRecords(first * kBlockRecords, (last + 1) * kBlockRecords - 1);
    for (Record& record : records) {
      record.pid = record.tgid = static_cast<int32_t>(record.seq);
      record.child_start_ns = record.seq * 100'000;  // ten a millisecond
    }
    Write(records);
  };
  write_blocks(1, 4);
  const int64_t with_few = steps_of_pruning();
  write_blocks(5, 25);
  const int64_t with_many = steps_of_pruning();
  EXPECT_GT(with_few, kBlockRecords);
  EXPECT_LT(with_many, with_few * 11 / 10);
}

TEST_F(PrunerTest, KeepsThePartOfAGapThatIsNotPruned) {
  Write({ForkRecord(10), ForkRecord(20), ForkRecord(9000)});
  pruner_.Prune(Pruner::kAnyTime);
  EXPECT_EQ(Sql("SELECT first_seq, last_seq FROM gaps"), "4096|8999");
  ExpectSound();
  pruner_.Prune(Pruner::kAnyTime);
  EXPECT_EQ(Sql("SELECT count(*) FROM gaps"), "0");
  EXPECT_EQ(Sql("SELECT pruned_seq, next_seq FROM streams"), "9000|9001");
  EXPECT_EQ(Sql("SELECT count(*) FROM drains"), "0");
  ExpectSound();
}

TEST_F(PrunerTest, DoesNotLetPrunedRecordsComeBack) {
  Write(ForkRecords(1, 9000));
  pruner_.Prune(Pruner::kAnyTime);
  Write(ForkRecords(1, 9001));
  EXPECT_EQ(Sql("SELECT min(seq), count(*) FROM forks"), "4096|4906");
  ExpectSound();
}

TEST_F(PrunerTest, LeavesTheWriterNoNamesThatAreGone) {
  std::vector<Record> records = ForkRecords(1, 5000);
  for (Record& record : records) record.comm = record.seq < 4096 ? "a" : "b";
  Write(records);
  pruner_.Prune(Pruner::kAnyTime);
  EXPECT_EQ(Sql("SELECT group_concat(comm) FROM comms"), "b");
  Record again = ForkRecord(5001);
  again.comm = "a";
  Write({again});
  EXPECT_EQ(Sql("SELECT comm FROM forks WHERE seq = 5001"), "a");
  ExpectSound();
}

TEST_F(PrunerTest, MayTakeTheOpenBlockFromAWriterThatGoesOn) {
  Write(ForkRecords(1, 100));
  EXPECT_EQ(pruner_.Prune(Pruner::kAnyTime)->records, 100);
  ExpectSound();
  Write(ForkRecords(101, 9000));
  EXPECT_EQ(Sql("SELECT records FROM blocks ORDER BY block LIMIT 1"), "3995");
  ExpectSound();
}

TEST_F(PrunerTest, LeavesCreatorPointersToWhatIsGone) {
  Record child = ForkRecord(5000);
  child.tgid = child.pid = ForkRecord(1).child_pid;
  child.start_ns = ForkRecord(1).child_start_ns;
  std::vector<Record> records = ForkRecords(1, 4999);
  records.push_back(child);
  Write(records);
  pruner_.Prune(Pruner::kAnyTime);
  EXPECT_EQ(Sql("SELECT caller_id FROM forks WHERE seq = 5000"),
            "1000000000001");
}

class RandomPrunerTest : public PrunerTest,
                         public testing::WithParamInterface<unsigned> {};

TEST_P(RandomPrunerTest, LeavesEachNumberInARowInAGapOrPruned) {
  std::mt19937 random(GetParam());
  int64_t seq = 0;
  for (int step = 0; step < 40; ++step) {
    std::vector<Record> records;
    for (int i = 0; i < 900; ++i) {
      seq += random() % 50 == 0 ? 1 + static_cast<int64_t>(random() % 900) : 1;
      Record record =
          random() % 10 == 0 ? FailedRecord(seq, 11) : ForkRecord(seq);
      record.comm = "c" + std::to_string(seq / 3000 + random() % 20);
      record.uid = static_cast<uint32_t>(seq / 5000);
      record.user_ns = static_cast<uint32_t>(seq / 2000 + 1);
      record.flags = static_cast<uint64_t>(seq / 4000);
      record.time_ns -= static_cast<int64_t>(random() % 1'000'000'000);
      records.push_back(record);
    }
    std::shuffle(records.begin(), records.end(), random);
    Write(records);
    // As slow as it is: some that come late, maybe after they were pruned.
    Write({ForkRecord(1 + static_cast<int64_t>(random()) % seq)}, "b");
    const int64_t before_ns = random() % 8 == 0
                                  ? Pruner::kAnyTime
                                  : kStartNs + (seq - 9000) * 1'000'000;
    std::vector<BlockAge> order = PruningOrder(&database_).All();
    PruningOrder::KeepOld(before_ns, Pruner::kAnyTime, &order);
    int64_t pruned = 0;
    if (before_ns == Pruner::kAnyTime) {
      if (pruner_.Prune(before_ns)) ++pruned;
      EXPECT_EQ(pruned, std::min<int64_t>(1, order.size()));
    } else {
      for (const BlockAge& age : order) {
        const auto gone = pruner_.Prune(before_ns);
        ASSERT_TRUE(gone);
        EXPECT_EQ(gone->block, age.block);
      }
      EXPECT_FALSE(pruner_.Prune(before_ns));
    }
  }
  EXPECT_GT(Sql("SELECT pruned_seq FROM streams LIMIT 1"), "0");
  ExpectSound();
}

INSTANTIATE_TEST_SUITE_P(OfSeed, RandomPrunerTest, testing::Range(1U, 6U));

}  // namespace
}  // namespace forkdb
