#include "recorder/recorder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "recorder/file_source.h"
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

}  // namespace
}  // namespace forkdb
