// Calls that took no number: from the source's count to the answers.

#include <gtest/gtest.h>

#include <string>

#include "query/coverage/losses.h"
#include "query/database/status.h"
#include "recorder/daemon/metrics.h"
#include "recorder/daemon/recorder.h"
#include "recorder/database/pruner.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

class MissedCallsTest : public testing::Test {
 protected:
  MissedCallsTest()
      : database_(OpenForWriting(kMemoryDatabase)), writer_(&database_, "x") {}

  Drain Write(const std::vector<Record>& records, const MissedCalls& missed) {
    Batch batch = MakeBatch(records);
    batch.missed = missed;
    return writer_.Write(ProcStream("a"), &batch, kStartNs);
  }

  std::string Sql(const std::string& sql) { return Ask(&database_, sql); }

  SQLite::Database database_;
  Writer writer_;
};

TEST_F(MissedCallsTest, AreStoredBesideTheRecords) {
  EXPECT_EQ(Write({ForkRecord(1), ForkRecord(2)}, {3, 10, 20}).missed, 3);
  EXPECT_EQ(Write({ForkRecord(3)}, {}).missed, 0);
  EXPECT_EQ(Sql("SELECT * FROM missed"), "1|2|3|10|20");
  EXPECT_EQ(Sql("SELECT count(*) FROM gaps"), "0");
}

TEST_F(MissedCallsTest, AreStoredWithoutAnyRecord) {
  EXPECT_EQ(Write({}, {3, 10, 20}).missed, 3);
  EXPECT_EQ(Write({}, {4, 20, 30}).missed, 4);
  EXPECT_EQ(Sql("SELECT * FROM missed"), "1|0|7|10|30") << "one row a number";
}

TEST_F(MissedCallsTest, AddUpWhileTheyWaitForTheDatabase) {
  MissedCalls missed;
  missed.Add({2, 10, 20});
  missed.Add({0, 20, 30});
  missed.Add({5, 30, 40});
  EXPECT_EQ(missed.calls, 7);
  EXPECT_EQ(missed.after_ns, 10);
  EXPECT_EQ(missed.before_ns, 40);
}

TEST_F(MissedCallsTest, ArePrunedWithTheirRecordsAndStayCounted) {
  Write({ForkRecord(4000)}, {3, 10, 20});
  Write({ForkRecord(9000)}, {4, 20, 30});
  Pruner pruner(&database_);
  pruner.Prune(Pruner::kAnyTime);
  EXPECT_EQ(Sql("SELECT calls FROM missed"), "4");
  EXPECT_EQ(Sql("SELECT pruned_missed FROM streams"), "3");
  pruner.Prune(Pruner::kAnyTime);
  EXPECT_EQ(Sql("SELECT count(*) FROM missed"), "0");
  EXPECT_EQ(Sql("SELECT pruned_missed FROM streams"), "7");
}

TEST_F(MissedCallsTest, AreAmongWhatATimeLacks) {
  Write({ForkRecord(1), ForkRecord(3)}, {5, kStartNs, kStartNs + 50});
  const Losses missing =
      FindLosses({kStartNs + 10, kStartNs + 20}, std::nullopt,
                 /*is_recording=*/true, &database_);
  EXPECT_EQ(missing.records, 5);
  EXPECT_EQ(missing.gaps, 1);
  EXPECT_EQ(FindLosses({kStartNs + 50, kStartNs + 60}, std::nullopt,
                       /*is_recording=*/true, &database_)
                .records,
            0);
}

TEST_F(MissedCallsTest, AreAProblemForAnHour) {
  constexpr int64_t kHourNs = 3'600'000'000'000;
  Write({ForkRecord(1)}, {5, kStartNs, kStartNs + 50});
  Status status = ReadStatus(&database_, kStartNs + 100);
  EXPECT_EQ(status.missed, 5);
  EXPECT_EQ(status.records, 1);
  status.recorder.emplace();
  EXPECT_EQ(FindProblems(status, /*now_boottime_ns=*/0).at(0),
            "the hook skipped 5 calls in the last hour: see the table missed");
  EXPECT_EQ(ReadStatus(&database_, kStartNs + 51 + kHourNs).recent_missed, 0);
  EXPECT_EQ(ReadStatus(&database_, kStartNs).recent_missed, 0)
      << "noticed by a clock that was ahead";
}

TEST_F(MissedCallsTest, AreAMetric) {
  Progress progress;
  progress.tally.missed = 12;
  EXPECT_NE(FormatMetrics(progress).find("\nforkdb_missed_calls_total 12\n"),
            std::string::npos);
}

}  // namespace
}  // namespace forkdb
