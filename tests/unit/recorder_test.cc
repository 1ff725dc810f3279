#include "recorder/daemon/recorder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "recorder/ingest/streams.h"
#include "recorder/source/file_source.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr auto kBatch = static_cast<int64_t>(Batch::kMaxRecords);

class RecorderTest : public testing::Test {
 protected:
  RecorderTest()
      : path_(dir_.File("source")),
        database_(OpenForWriting(kMemoryDatabase)),
        writer_(&database_, "x") {}

  void WriteSource(int64_t first_seq, int64_t last_seq,
                   const std::string& end = "") {
    std::string text = "fork_info - version: 1\n";
    for (const Record& record : ForkRecords(first_seq, last_seq)) {
      text += FormatRecord(record) + "\n";
    }
    WriteFile(path_, text + end);
  }

  TempDir dir_;
  std::string path_;
  SQLite::Database database_;
  Writer writer_;
};

TEST_F(RecorderTest, MovesEverythingAndCountsIt) {
  WriteSource(3, 3 + 2 * kBatch, "bad\n1000000 17");
  FileSource source(path_, "", kStartNs);
  int64_t told = 0;
  Recorder recorder(
      &source, [] { return int64_t{77}; },
      [&](const Drain& drain) { told += drain.records; }, [] { return false; });
  EXPECT_EQ(recorder.Pass(&writer_), ReadResult::kEnd);
  recorder.Finish(&writer_);
  EXPECT_EQ(recorder.tally().records, 2 * kBatch + 1);
  EXPECT_EQ(recorder.tally().rejected, 2);
  EXPECT_EQ(recorder.tally().gaps, 1);
  EXPECT_EQ(recorder.tally().missing, 2);
  EXPECT_EQ(recorder.tally().duplicates, 0);
  EXPECT_EQ(told, recorder.tally().records);
  EXPECT_EQ(Ask(&database_, "SELECT DISTINCT time_ns FROM drains"), "77");
}

TEST_F(RecorderTest, TellsOfNoCommitWhereNothingIsNew) {
  WriteSource(1, 10);
  FileSource source(path_, "", kStartNs);
  int commits = 0;
  Recorder recorder(
      &source, [] { return kStartNs; }, [&](const Drain&) { ++commits; },
      [] { return false; });
  recorder.Pass(&writer_);
  EXPECT_EQ(commits, 1);
  recorder.Pass(&writer_);
  EXPECT_EQ(commits, 1);
}

TEST_F(RecorderTest, StopsBetweenTwoDrainsAndGoesOnLater) {
  WriteSource(1, 3 * kBatch);
  FileSource source(path_, "", kStartNs);
  bool stop = true;
  Recorder recorder(
      &source, [] { return kStartNs; }, [](const Drain&) {},
      [&] { return stop; });
  EXPECT_EQ(recorder.Pass(&writer_), ReadResult::kMore);
  EXPECT_LT(recorder.tally().records, 2 * kBatch);
  stop = false;
  EXPECT_EQ(recorder.Pass(&writer_), ReadResult::kEnd);
  EXPECT_EQ(Ask(&database_, "SELECT count(*), max(seq) FROM forks"),
            std::to_string(3 * kBatch) + "|" + std::to_string(3 * kBatch));
  EXPECT_EQ(recorder.tally().gaps, 0);
}

TEST_F(RecorderTest, StopsBetweenTwoTransactionsOfABatchAndGoesOnLater) {
  WriteSource(1, 1000, "bad\n");
  FileSource source(path_, "", kStartNs);
  Writer hurried(&database_, "x", nullptr, {std::chrono::nanoseconds(0)});
  bool stop = true;
  int64_t told = 0;
  Recorder recorder(
      &source, [] { return kStartNs; },
      [&](const Drain& drain) { told += drain.records; }, [&] { return stop; });
  recorder.Pass(&hurried);
  EXPECT_GT(recorder.tally().records, 0);
  EXPECT_LT(recorder.tally().records, 1000);
  EXPECT_EQ(static_cast<int64_t>(recorder.kept()),
            1000 - recorder.tally().records);
  recorder.Finish(&hurried);  // at the end nothing is left behind
  EXPECT_EQ(recorder.kept(), 0);
  EXPECT_EQ(told, 1000);
  EXPECT_EQ(recorder.tally().records, 1000);
  EXPECT_EQ(recorder.tally().rejected, 1);
  EXPECT_EQ(Ask(&database_, "SELECT count(*), max(seq) FROM forks"),
            "1000|1000");
}

// Hands out whatever the test puts into it, as eBPF does: never again.
class SourceWithoutPast : public Source {
 public:
  ReadResult Read(Batch* batch) override {
    for (Record& record : next) batch->records.push_back(std::move(record));
    next.clear();
    return batch->full() ? ReadResult::kMore : ReadResult::kAgain;
  }
  bool Rewind() override { return false; }
  ReadResult Finish(Batch*) override { return ReadResult::kEnd; }
  PollTarget ready() const override { return {}; }
  PollTarget urgent() const override { return {}; }
  bool holds_past() const override { return false; }
  const Stream& stream() const override { return stream_; }

  std::vector<Record> next;

 private:
  Stream stream_ = ProcStream("a");
};

class TallyTest : public RecorderTest {
 protected:
  TallyTest()
      : recorder_(
            &source_, [] { return kStartNs; }, [](const Drain&) {},
            [] { return false; }) {}

  // Opens the database anew, as after an I/O error.
  void Reopen() { recorder_.Resume(FindNextSeq(source_.stream(), &database_)); }

  void Read(std::vector<Record> records) {
    source_.next = std::move(records);
    recorder_.Read();
  }

  SourceWithoutPast source_;
  Recorder recorder_;
};

TEST_F(TallyTest, CountsNoLossWhenTheDatabaseIsOpenedAnew) {
  Reopen();
  Read(ForkRecords(1, 10));
  recorder_.Write(&writer_);
  Read(ForkRecords(11, 20));  // while it cannot be written
  Read(ForkRecords(21, 30));
  source_.next = ForkRecords(31, 40);
  Reopen();
  recorder_.Write(&writer_);
  recorder_.Read();
  recorder_.Write(&writer_);
  EXPECT_EQ(Ask(&database_, "SELECT count(*) FROM records"), "40");
  EXPECT_EQ(Ask(&database_, "SELECT count(*) FROM gaps"), "0");
  EXPECT_EQ(recorder_.tally().records, 40);
  EXPECT_EQ(recorder_.tally().gaps, 0);
  EXPECT_EQ(recorder_.tally().missing, 0);
}

TEST_F(TallyTest, TakesALossBackWhoseRecordsArrive) {
  Read({ForkRecord(5)});
  recorder_.Write(&writer_);
  // The gap of an earlier recorder is not this one's to take back.
  Recorder next(
      &source_, [] { return kStartNs; }, [](const Drain&) {},
      [] { return false; });
  next.Resume(FindNextSeq(source_.stream(), &database_));
  const auto feed = [&](std::vector<Record> records) {
    source_.next = std::move(records);
    next.Read();
    next.Write(&writer_);
    return std::to_string(next.tally().gaps) + " gaps, " +
           std::to_string(next.tally().missing) + " missing";
  };
  EXPECT_EQ(feed({ForkRecord(10)}), "1 gaps, 4 missing");
  EXPECT_EQ(feed({ForkRecord(8)}), "2 gaps, 3 missing");
  EXPECT_EQ(feed({ForkRecord(2)}), "2 gaps, 3 missing");
  EXPECT_EQ(feed({ForkRecord(6), ForkRecord(7)}), "1 gaps, 1 missing");
  EXPECT_EQ(feed({ForkRecord(9)}), "0 gaps, 0 missing");
}

TEST_F(TallyTest, BeginsAgainOnlyForADatabaseThatLacksWhatWasWritten) {
  WriteSource(1, 10);
  FileSource source(path_, "", kStartNs);
  Recorder recorder(
      &source, [] { return kStartNs; }, [](const Drain&) {},
      [] { return false; });
  EXPECT_FALSE(recorder.Resume(1));
  recorder.Pass(&writer_);
  EXPECT_FALSE(recorder.Resume(11)) << "the same file";
  EXPECT_FALSE(recorder.Resume(12)) << "another recorder was faster";
  EXPECT_TRUE(recorder.Resume(6)) << "an older copy";
  EXPECT_EQ(recorder.kept(), 10U);
  EXPECT_FALSE(recorder.Resume(6)) << "begun again already";
  recorder.Pass(&writer_);
  EXPECT_TRUE(recorder.Resume(1)) << "a new file";
  EXPECT_EQ(recorder.tally().missing, 0);
}

TEST_F(TallyTest, KeepsNoMoreThanItsBoundHoweverOftenTheDatabaseIsOpened) {
  WriteSource(1, 2 * kBatch);
  FileSource source(path_, "", kStartNs);
  Recorder recorder(
      &source, [] { return kStartNs; }, [](const Drain&) {},
      [] { return false; });
  recorder.Pass(&writer_);
  constexpr size_t kBound =
      Recorder::kMaxBatches * (Batch::kMaxRecords * 11 / 10);
  for (int i = 0; i < 20; ++i) {
    recorder.Resume(static_cast<int64_t>(20 - i));  // ever older ones
    recorder.Read();
    ASSERT_LE(recorder.kept(), kBound);
  }
  EXPECT_GE(recorder.kept(), 3 * Batch::kMaxRecords);
}

TEST_F(RecorderTest, WritesNoMoreAtOnceThanItMay) {
  WriteSource(3, 2502, "bad\n");
  FileSource source(path_, "", kStartNs);
  Recorder recorder(
      &source, [] { return kStartNs; }, [](const Drain&) {},
      [] { return false; });
  Writer limited(&database_, "x", nullptr, {std::chrono::hours(1), 1000});
  EXPECT_EQ(recorder.Pass(&limited), ReadResult::kEnd);
  EXPECT_EQ(Ask(&database_, "SELECT records, rejected FROM drains"),
            "1000|0\n1000|0\n500|1");
  EXPECT_EQ(recorder.tally().gaps, 1);
  EXPECT_EQ(recorder.tally().records, 2500);
}

}  // namespace
}  // namespace forkdb
