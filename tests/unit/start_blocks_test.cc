#include "recorder/ingest/start_blocks.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "recorder/ingest/block_summaries.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr uint64_t kThread = 0x3d0f00;
constexpr int64_t kSecondNs = 1'000'000'000;

class StartBlocksTest : public testing::Test {
 protected:
  StartBlocksTest() : database_(OpenForWriting(kMemoryDatabase)) {}

  // By a writer of its own, which remembers nothing.
  void Write(const std::vector<Record>& records) {
    Batch batch = MakeBatch(records);
    Writer(&database_, "x").Write(ProcStream("a"), &batch, kStartNs);
  }

  // A fork each hundredth of a second, from number first_seq on.
  static std::vector<Record> SteadyForks(int64_t first_seq, int64_t last_seq) {
    std::vector<Record> records = ForkRecords(first_seq, last_seq);
    for (Record& record : records) {
      record.child_start_ns = record.seq * kSecondNs / 100;
    }
    return records;
  }

  // SQLite's steps for storing calls of processes that a history of so many
  // blocks created, each of them older than what is remembered.
  int64_t StepsOfCalls(int64_t blocks) {
    const int64_t last_seq = blocks * kBlockRecords;
    Write(SteadyForks(next_seq_, last_seq));
    next_seq_ = last_seq + 1;
    std::vector<Record> calls;
    for (int64_t i = 0; i < kCalls; ++i) {
      const Record created = SteadyForks(100 + i * 7, 100 + i * 7).front();
      Record call = ForkRecord(next_seq_++);
      call.pid = call.tgid = created.child_pid;
      call.start_ns = created.child_start_ns;
      calls.push_back(call);
    }
    Batch batch = MakeBatch(calls);
    Writer writer(&database_, "x");
    int64_t steps = 0;
    sqlite3_progress_handler(
        database_.getHandle(), 1,
        [](void* count) {
          ++*static_cast<int64_t*>(count);
          return 0;
        },
        &steps);
    writer.Write(ProcStream("a"), &batch, kStartNs);
    sqlite3_progress_handler(database_.getHandle(), 0, nullptr, nullptr);
    return steps;
  }

  static constexpr int64_t kCalls = 500;
  SQLite::Database database_;
  int64_t next_seq_ = 1;
};

TEST_F(StartBlocksTest, FindACallerInAFewStepsHoweverLongTheHistoryIs) {
  const int64_t steps_of_short_history = StepsOfCalls(4);
  EXPECT_EQ(Ask(&database_, "SELECT count(caller_id) FROM records"), "500");
  const int64_t steps_of_long_history = StepsOfCalls(24);
  EXPECT_EQ(Ask(&database_, "SELECT count(caller_id) FROM records"), "1000");
  // A look at each record of a single block would be more than this.
  EXPECT_LT(steps_of_short_history, kCalls * 1000);
  EXPECT_LT(steps_of_long_history, kCalls * 1000);
}

TEST_F(StartBlocksTest, TakeAFewBytesARecord) {
  Write(SteadyForks(1, 10 * kBlockRecords));
  const int64_t bytes =
      database_.execAndGet("SELECT sum(length(starts) + 20) FROM start_blocks")
          .getInt64();
  EXPECT_GT(bytes, 0);
  EXPECT_LT(bytes, 5 * 10 * kBlockRecords);
}

TEST_F(StartBlocksTest, AreWhollyGoneWhenTheirBlockIsForgotten) {
  Write(SteadyForks(1, 9000));
  Write(SteadyForks(9001, 9001));
  EXPECT_EQ(Ask(&database_, "SELECT count(DISTINCT block) FROM start_blocks"),
            "2");
  BlockSummaries(&database_).Forget(BlockOf(RecordId(1, 1)));
  EXPECT_EQ(Ask(&database_,
                "SELECT DISTINCT block % 244140625 "
                "FROM start_blocks"),
            "1");
}

class RandomStartBlocksTest : public StartBlocksTest,
                              public testing::WithParamInterface<int> {};

// Start times far out of order, equal ones, threads, failures, late records.
TEST_P(RandomStartBlocksTest, FindWhatASearchOfAllRecordsFinds) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const auto pick = [&](int64_t below) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(below));
  };
  std::vector<Record> records;
  std::map<std::pair<int64_t, int64_t>, int64_t> creators;
  int64_t now_ns = 0;
  for (int64_t seq = 1; seq <= 20000; ++seq) {
    now_ns += pick(4) == 0 ? pick(2) : pick(kSecondNs / 50);
    Record record = pick(20) == 0 ? FailedRecord(seq, 11) : ForkRecord(seq);
    if (!record.failed()) {
      record.child_pid = record.ret = record.child_ns_pid =
          static_cast<int32_t>(1 + pick(300));
      record.child_start_ns = pick(100) == 0 ? pick(now_ns + 1) : now_ns;
      if (pick(4) == 0) {
        record.flags = kThread;
      } else {
        creators.emplace(
            std::make_pair(record.child_pid, record.child_start_ns),
            RecordId(1, seq));
      }
    }
    records.push_back(record);
  }
  std::vector<Record> late;
  for (size_t i = 0; i < 200; ++i) {
    const auto taken = records.begin() + pick(15000);
    late.push_back(*taken);
    records.erase(taken);
  }
  Write(records);
  std::sort(late.begin(), late.end(),
            [](const Record& a, const Record& b) { return a.seq < b.seq; });
  Write(late);

  const int64_t boot = 1;
  BlockSummaries blocks(&database_);
  blocks.Open(BlockOf(RecordId(1, 20000)));
  for (const auto& [process, id] : creators) {
    ASSERT_EQ(blocks.FindCreation(boot, process.first, process.second), id);
  }
  for (int i = 0; i < 1000; ++i) {
    const std::pair<int64_t, int64_t> process = {1 + pick(300), pick(now_ns)};
    if (creators.count(process) > 0) continue;
    ASSERT_FALSE(blocks.FindCreation(boot, process.first, process.second));
  }
  EXPECT_FALSE(blocks.FindCreation(boot + 1, creators.begin()->first.first,
                                   creators.begin()->first.second));
  EXPECT_EQ(Ask(&database_,
                "SELECT sum(length(starts)) / 4 = (SELECT count(*) FROM "
                "records AS r JOIN flag_sets AS f ON f.id = r.flag_set "
                "WHERE ret > 0 AND kind <> 'thread' "
                "AND r.id / 4096 NOT IN open_blocks) FROM start_blocks"),
            "1");
}

INSTANTIATE_TEST_SUITE_P(OfSeed, RandomStartBlocksTest, testing::Range(1, 4));

}  // namespace
}  // namespace forkdb
