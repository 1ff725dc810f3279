#include "recorder/ingest/block_summaries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "recorder/ingest/caller_index.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

// What the tables of blocks must hold, straight from the records of the closed
// ones; and what they hold.
constexpr const char* kPairs[][2] = {
    {"SELECT id / 4096, count(*), min(time_ns), max(time_ns), min(child_pid), "
     "max(child_pid), min(child_start_ns), max(child_start_ns) FROM records "
     "WHERE id / 4096 NOT IN open_blocks GROUP BY 1 ORDER BY 1",
     "SELECT * FROM blocks ORDER BY 1"},
    {"SELECT comm, id / 4096, count(*) FROM records "
     "WHERE id / 4096 NOT IN open_blocks GROUP BY 1, 2 ORDER BY 1, 2",
     "SELECT * FROM comm_blocks ORDER BY 1, 2"},
    {"SELECT user, id / 4096, count(*) FROM records "
     "WHERE id / 4096 NOT IN open_blocks GROUP BY 1, 2 ORDER BY 1, 2",
     "SELECT * FROM user_blocks ORDER BY 1, 2"},
    {"SELECT flag_set, id / 4096, count(*) FROM records "
     "WHERE id / 4096 NOT IN open_blocks GROUP BY 1, 2 ORDER BY 1, 2",
     "SELECT * FROM flag_set_blocks ORDER BY 1, 2"},
    {"SELECT namespace_set, id / 4096, count(*) FROM records "
     "WHERE id / 4096 NOT IN open_blocks GROUP BY 1, 2 ORDER BY 1, 2",
     "SELECT * FROM namespace_set_blocks ORDER BY 1, 2"},
    {"SELECT ret, id / 4096, count(*) FROM records WHERE ret < 0 "
     "AND id / 4096 NOT IN open_blocks GROUP BY 1, 2 ORDER BY 1, 2",
     "SELECT * FROM errno_blocks ORDER BY 1, 2"},
    {"SELECT pid, ifnull(caller_id, 0), id FROM records UNION "
     "SELECT tgid, ifnull(caller_id, 0), id FROM records ORDER BY 1, 2, 3",
     "SELECT pid, caller_id, block * 4096 + value FROM pid_blocks, "
     "json_each(calls) ORDER BY 1, 2, 3"}};

class BlockSummariesTest : public testing::Test {
 protected:
  BlockSummariesTest() : database_(OpenForWriting(kMemoryDatabase)) {
    Restart();
  }

  void Restart() { writer_ = std::make_unique<Writer>(&database_, "x"); }

  void Write(const std::vector<Record>& records,
             const std::string& boot_id = "a") {
    Batch batch = MakeBatch(records);
    writer_->Write(ProcStream(boot_id), &batch, kStartNs);
  }

  std::string Closed() {
    return Ask(&database_,
               "SELECT ifnull(group_concat((block % 244140625) || ':' || "
               "records, ' '), '') FROM blocks");
  }

  void ExpectExact() {
    for (const auto& [records, blocks] : kPairs) {
      EXPECT_EQ(Ask(&database_, blocks), Ask(&database_, records)) << blocks;
    }
  }

  SQLite::Database database_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(BlockSummariesTest, AreClosedOnceTheStreamHasGonePastThem) {
  Write(ForkRecords(1, 4094));
  EXPECT_EQ(Closed(), "");
  Write({ForkRecord(4095)});  // the last of block 0, which has no number 0
  EXPECT_EQ(Closed(), "");
  Write({ForkRecord(4096)});
  EXPECT_EQ(Closed(), "0:4095");
  Write(ForkRecords(4097, 20000));
  EXPECT_EQ(Closed(), "0:4095 1:4096 2:4096 3:4096");
  ExpectExact();
}

TEST_F(BlockSummariesTest, ThatLieInAGapAreNotThere) {
  Write({ForkRecord(1), ForkRecord(20000)});
  EXPECT_EQ(Closed(), "0:1");
  ExpectExact();
}

TEST_F(BlockSummariesTest, SayAnewWhatTheyHoldWhenARecordComesLate) {
  Write({ForkRecord(1), ForkRecord(20000)});
  Write({FailedRecord(2, 11), ForkRecord(5000)});
  EXPECT_EQ(Closed(), "0:2 1:1");
  ExpectExact();
}

TEST_F(BlockSummariesTest, OfAnEarlierStreamAreClosedWhenAnotherBegins) {
  Write(ForkRecords(1, 10), "a");
  Restart();
  Write(ForkRecords(1, 10), "b");
  EXPECT_EQ(Closed(), "0:10");
  EXPECT_EQ(Ask(&database_, "SELECT block / 244140625 FROM open_blocks"), "2");
  // The first one again: its block is closed already, and stays exact.
  Restart();
  Write(ForkRecords(11, 20), "a");
  EXPECT_EQ(Closed(), "0:20 0:10");
  ExpectExact();
}

TEST_F(BlockSummariesTest, AreGoneWhenForgotten) {
  Write({FailedRecord(1, 11)});
  Write(ForkRecords(2, 20000));
  const int64_t block = BlockOf(RecordId(1, 4096));
  BlockSummaries(&database_).Forget(block);
  CallerIndex(&database_).Forget(block);
  database_.exec("DELETE FROM records WHERE id / 4096 = " +
                 std::to_string(block));
  EXPECT_EQ(Closed(), "0:4095 2:4096 3:4096");
  ExpectExact();
}

class RandomBlockSummariesTest : public BlockSummariesTest,
                                 public testing::WithParamInterface<int> {};

TEST_P(RandomBlockSummariesTest, AreExact) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  std::vector<Record> records;
  for (int64_t seq = 1; seq <= 20000; ++seq) {
    if (random() % 3 == 0) continue;
    Record record = random() % 10 == 0
                        ? FailedRecord(seq, 1 + static_cast<int>(random() % 20))
                        : ForkRecord(seq);
    record.comm = "c" + std::to_string(random() % 50);
    record.uid = random() % 5;
    record.pid = static_cast<int32_t>(random() % 300);
    if (!records.empty() && random() % 2 == 0) {
      const Record& maker = records[random() % records.size()];
      record.tgid = maker.child_pid;
      record.start_ns = maker.child_start_ns;
    }
    record.time_ns -= static_cast<int64_t>(random() % 1'000'000'000);
    records.push_back(record);
  }
  // Chunks that come in a slightly wrong order, with restarts between some.
  constexpr size_t kChunk = 700;
  std::vector<size_t> starts;
  for (size_t i = 0; i < records.size(); i += kChunk) starts.push_back(i);
  for (size_t i = 3; i < starts.size(); ++i) {
    if (random() % 4 == 0) std::swap(starts[i], starts[i - random() % 4]);
  }
  for (const size_t start : starts) {
    const size_t end = std::min(start + kChunk, records.size());
    Write({records.begin() + static_cast<ptrdiff_t>(start),
           records.begin() + static_cast<ptrdiff_t>(end)});
    if (random() % 5 == 0) Restart();
  }
  ExpectExact();
  EXPECT_EQ(Ask(&database_, "PRAGMA foreign_key_check"), "");
}

INSTANTIATE_TEST_SUITE_P(OfSeed, RandomBlockSummariesTest,
                         testing::Range(1, 6));

}  // namespace
}  // namespace forkdb
