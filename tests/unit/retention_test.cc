#include "recorder/database/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "recorder/ingest/alive_table.h"
#include "recorder/ingest/usernames.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
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
  options.max_bytes = ReservedBytes(kLeastMaxBytes) + (2 << 20);
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

// What grows without records, or faster than they do. Each line of a kind is a
// different one.
class RetentionOfKindTest : public RetentionTest,
                            public testing::WithParamInterface<const char*> {
 protected:
  Record MakeRecord(int64_t seq) const {
    const std::string kind = GetParam();
    Record record = kind == "flags" ? FailedRecord(seq, 22) : ForkRecord(seq);
    if (kind == "flags") record.flags = static_cast<uint64_t>(seq) << 8;
    if (kind == "comms") record.comm = "process" + std::to_string(seq);
    if (kind == "users") record.uid = static_cast<uint32_t>(seq * 7);
    if (kind == "namespaces") record.user_ns = static_cast<uint32_t>(seq);
    if (kind == "gaps") record.seq = seq * 2;
    record.time_ns = kStartNs + seq;
    return record;
  }
};

TEST_P(RetentionOfKindTest, KeepsTheFileWithinItsSize) {
  const std::string kind = GetParam();
  RetentionOptions options;
  options.max_bytes = kLeastMaxBytes;
  Retention retention(options, &database_, path_);
  const auto at_once = static_cast<size_t>(MostRecordsAtOnce(kLeastMaxBytes));
  size_t largest = 0;
  int64_t seq = 0;
  for (int write = 0; write < 12; ++write) {
    if (kind == "alive") {
      ProcSnapshot reading;
      for (int i = 0; i < 20'000; ++i) {
        AliveProcess process;
        process.pid = 1 + write * 20'000 + i;
        process.ns_pid = process.pid;
        process.ppid = process.pid - 1;
        process.start_tick = process.pid;
        process.comm = "alive";
        reading.processes.push_back(process);
      }
      Usernames usernames([](uint32_t) { return std::string("root"); });
      StoreAlive(ProcStream("a").boot, reading, kStartNs, &database_, path_,
                 &usernames);
    } else if (kind == "rejects" || kind == "drains") {
      for (int i = 0; i < 40; ++i) {
        Batch batch;
        if (kind == "drains") batch = MakeBatch({ForkRecord(++seq)});
        while (kind == "rejects" && batch.rejected < 16) {
          std::string line(4000, 'z');
          line.replace(0, 8, std::to_string(10'000'000 + ++seq));
          batch.Add({"no record", line});
        }
        writer_.Write(ProcStream("a"), &batch, kStartNs);
      }
    } else {
      std::vector<Record> records;
      while (records.size() < at_once) records.push_back(MakeRecord(++seq));
      Batch batch = MakeBatch(records);
      writer_.Write(ProcStream("a"), &batch, kStartNs);
    }
    largest = std::max(
        largest, ReadFile(path_).size() + ReadFile(path_ + "-wal").size());
    while (retention.Tend(kStartNs, 0)) {
    }
    largest = std::max(
        largest, ReadFile(path_).size() + ReadFile(path_ + "-wal").size());
  }
  EXPECT_LE(largest, static_cast<size_t>(kLeastMaxBytes));
  RecordProperty("bytes", std::to_string(largest));
  EXPECT_EQ(Ask(&database_, "PRAGMA foreign_key_check"), "");
  EXPECT_EQ(Ask(&database_,
                "SELECT ifnull(sum(next_seq - 1 - pruned_seq - thinned), 0) = "
                "(SELECT count(*) FROM records) + (SELECT ifnull(sum(last_seq "
                "- first_seq + 1), 0) FROM gaps) FROM streams"),
            "1");
}

INSTANTIATE_TEST_SUITE_P(Of, RetentionOfKindTest,
                         testing::Values("flags", "comms", "users",
                                         "namespaces", "gaps", "rejects",
                                         "drains", "alive"),
                         [](const auto& test) {
                           return std::string(test.param);
                         });

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
  EXPECT_THAT(MessageOf<UsageError>([&] { options.SetKeep("0s"); }),
              HasSubstr("must be above zero"));
  // Seconds, days? Somebody would guess wrong.
  for (const char* keep : {"0", "30", "30 d 12", "x"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { options.SetKeep(keep); }),
                HasSubstr("write a number and a unit, e.g. 30d"));
  }
  EXPECT_THAT(
      MessageOf<UsageError>([&] { options.SetMaxBytes(kLeastMaxBytes - 1); }),
      HasSubstr("the minimum is 32M"));
}

}  // namespace
}  // namespace forkdb
