#include "recorder/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recorder/writer.h"
#include "store/database.h"
#include "store/error.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

constexpr int64_t kMs = 1'000'000;

class RetentionTest : public testing::Test {
 protected:
  RetentionTest()
      : path_(dir_.File("fork.db")),
        database_(OpenForWriting(path_)),
        writer_(&database_, path_) {}

  void Write(int64_t first_seq, int64_t last_seq) {
    Batch batch = MakeBatch(ForkRecords(first_seq, last_seq));
    writer_.Write(ProcStream("a"), &batch, kStartNs);
  }

  TempDir dir_;
  std::string path_;
  SQLite::Database database_;
  Writer writer_;
};

TEST_F(RetentionTest, WithoutLimitsKeepsAllAndWantsNoCall) {
  Write(1, 5000);
  Retention retention({}, &database_, path_);
  EXPECT_EQ(retention.Tend(Pruner::kAnyTime, 0), std::nullopt);
  EXPECT_EQ(Ask(&database_, "SELECT count(*) FROM records"), "5000");
  EXPECT_EQ(Ask(&database_, "SELECT count(*) FROM settings"), "0");
}

TEST_F(RetentionTest, TakesBlocksOnceTheirNewestRecordIsOlderThanIsKept) {
  Write(1, 5000);
  RetentionOptions options;
  options.keep_ns = 10'000 * kMs;
  Retention retention(options, &database_, path_);
  // Record 4095 is the last of the first block: it has one second left.
  EXPECT_EQ(retention.Tend(kStartNs + 13'095 * kMs, 1),
            std::chrono::seconds(1));
  EXPECT_EQ(Ask(&database_, "SELECT count(*) FROM records"), "5000");
  retention.Tend(kStartNs + 14'096 * kMs, 1'001 * kMs + 1);
  EXPECT_EQ(Ask(&database_, "SELECT min(seq) FROM forks"), "4096");
}

TEST_F(RetentionTest, StoresItsLimitsForOthersToSee) {
  RetentionOptions options;
  options.SetKeep("1d");
  options.SetMaxBytes(kLeastMaxBytes);
  Retention(options, &database_, path_);
  EXPECT_EQ(Ask(&database_, "SELECT * FROM settings ORDER BY name"),
            "keep_ns|86400000000000\nmax_bytes|33554432");
}

TEST_F(RetentionTest, KeepsTheFileWithinItsSizeWhileRecordsCome) {
  RetentionOptions options;
  options.max_bytes = kReservedBytes + (2 << 20);
  Retention retention(options, &database_, path_);
  constexpr int64_t kChunk = 20'000;
  for (int64_t seq = 1; seq < 400'000; seq += kChunk) {
    Write(seq, seq + kChunk - 1);
    while (retention.Tend(kStartNs, 0)) {
    }
    ASSERT_LE(ReadFile(path_).size() + ReadFile(path_ + "-wal").size(),
              static_cast<size_t>(*options.max_bytes));
  }
  EXPECT_GT(Ask(&database_, "SELECT count(*) FROM records"), "1");
  EXPECT_EQ(Ask(&database_,
                "SELECT count(*) + pruned_seq = next_seq - 1 "
                "FROM records, streams"),
            "1");
}

TEST_F(RetentionTest, PrunesNothingByAClockThatSteppedAheadForAnHour) {
  constexpr int64_t kHourNs = 3600 * 1000 * kMs;
  constexpr int64_t kYearNs = 365 * 24 * kHourNs;
  Write(1, 5000);
  RetentionOptions options;
  options.SetKeep("1h");
  int64_t now_ns = kStartNs + 5000 * kMs;
  const auto rows = [&] {
    return Ask(&database_, "SELECT count(*) FROM records");
  };
  {
    Retention retention(options, &database_, path_);
    retention.Tend(now_ns, 1);
    EXPECT_EQ(retention.doubted_ns(), 0);
    retention.Tend(now_ns + kYearNs, 1);
    EXPECT_EQ(retention.doubted_ns(), kYearNs);
    EXPECT_EQ(rows(), "5000");
  }
  // The newest record may be from after the step by the next start.
  now_ns += kYearNs;
  Record record = ForkRecord(5001);
  record.time_ns = now_ns;
  Batch batch = MakeBatch({record});
  writer_.Write(ProcStream("a"), &batch, now_ns);
  Retention retention(options, &database_, path_);
  retention.Tend(now_ns, 1);
  EXPECT_EQ(rows(), "5001");
  retention.Tend(now_ns + kHourNs, kHourNs + 1);
  EXPECT_EQ(rows(), "906");
  EXPECT_EQ(Ask(&database_, "SELECT name FROM settings"), "keep_ns");
}

TEST_F(RetentionTest, DoubtsNoClockIfItIsNotToBeCareful) {
  Write(1, 5000);
  RetentionOptions options;
  options.SetKeep("1h");
  options.careful = false;
  Retention(options, &database_, path_).Tend(2 * kStartNs, 1);
  EXPECT_EQ(Ask(&database_, "SELECT count(*) FROM records"), "0");
}

TEST_F(RetentionTest, RefusesLimitsThatKeepNothing) {
  RetentionOptions options;
  for (const char* keep : {"0", "0s"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { options.SetKeep(keep); }),
                HasSubstr("nothing would be kept"));
  }
  EXPECT_THAT(
      MessageOf<UsageError>([&] { options.SetMaxBytes(kLeastMaxBytes - 1); }),
      HasSubstr("less than 32M"));
}

}  // namespace
}  // namespace forkdb
