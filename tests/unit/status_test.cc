#include "query/status.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "query/recorder_watch.h"
#include "query/status_printer.h"
#include "recorder/retention.h"
#include "recorder/writer.h"
#include "store/database.h"
#include "store/duration.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr int64_t kHourNs = 3600 * kNsPerSecond;

class StatusTest : public testing::Test {
 protected:
  StatusTest() : database_(OpenForWriting(kMemoryDatabase)) {}

  void Write(const char* boot_id, const std::vector<int64_t>& seqs,
             int64_t now_ns) {
    Writer writer(&database_, "x");
    Batch batch;
    for (const int64_t seq : seqs) batch.records.push_back(ForkRecord(seq));
    writer.Write(ProcStream(boot_id), &batch, now_ns);
  }

  SQLite::Database database_;
};

TEST_F(StatusTest, OfAnEmptyDatabaseHasNothing) {
  const Status status = ReadStatus(&database_, kStartNs);
  EXPECT_EQ(status.source, "");
  EXPECT_EQ(status.records, 0);
  EXPECT_FALSE(status.oldest_ns);
  EXPECT_FALSE(status.last_drain_ns);
  EXPECT_FALSE(status.next_prune_ns);
}

TEST_F(StatusTest, CountsWithoutReadingTheRecords) {
  Write("a", {3, 4, 5, 9}, kStartNs);  // 1 to 2 and 6 to 8 are missing
  Write("b", {1, 2}, kStartNs + 90 * kNsPerSecond);
  const Status status = ReadStatus(&database_, kStartNs + 91 * kNsPerSecond);
  EXPECT_EQ(status.records, 6);
  EXPECT_EQ(status.gaps, 2);
  EXPECT_EQ(status.missing, 5);
  // What was before the recording began was not lost by it.
  EXPECT_EQ(status.recent_missing, 3);
  EXPECT_EQ(status.boot_id, "b");
  EXPECT_EQ(status.last_seq, 2);
  EXPECT_EQ(status.recent_records, 2);
  EXPECT_EQ(status.last_drain_ns, kStartNs + 90 * kNsPerSecond);
  EXPECT_EQ(status.oldest_ns, ForkRecord(1).time_ns);
  EXPECT_EQ(status.newest_ns, ForkRecord(9).time_ns);
}

TEST_F(StatusTest, TellsWhenTheOldestBlockIsOldEnoughToGo) {
  RetentionOptions options;
  options.keep_ns = kHourNs;
  const Retention retention(options, &database_, "x");
  Writer writer(&database_, "x");
  Batch batch = MakeBatch(ForkRecords(1, kBlockRecords + 10));
  writer.Write(ProcStream("a"), &batch, kStartNs);
  const Status status = ReadStatus(&database_, kStartNs);
  EXPECT_EQ(status.keep_ns, kHourNs);
  // The ids of its first block end where stream and seq add up to a multiple.
  const int64_t last_of_block = LastIdOf(BlockOf(RecordId(1, 1)));
  EXPECT_EQ(status.next_prune_ns,
            ForkRecord(last_of_block - RecordId(1, 0)).time_ns + kHourNs);
}

TEST(StatusProblemsTest, AreNamedEach) {
  Status healthy;
  healthy.recorder_pid = 7;
  healthy.capacity = 16384;
  healthy.lag = 8191;
  healthy.missing = 5;
  EXPECT_TRUE(FindProblems(healthy).empty());

  Status status = healthy;
  status.recorder_pid.reset();
  EXPECT_EQ(FindProblems(status).size(), 1U);
  status = healthy;
  status.lag = 8192;
  EXPECT_EQ(FindProblems(status)[0],
            "the recorder is 8192 records behind; the kernel keeps 16384");
  status = healthy;
  status.recent_missing = 5;
  EXPECT_EQ(FindProblems(status)[0],
            "5 records were lost in the last hour: see the table gaps");
}

TEST(StatusPrinterTest, WritesHostileNamesEscaped) {
  Status status;
  status.source = "file";
  status.hook = "kernel_clone";
  status.boot_id = "file:/\033[31m";
  const auto printed = [&](Format format) {
    return Printed([&](std::FILE* stream) {
      PrintStatus(status, kStartNs, Output{format, stream});
    });
  };
  EXPECT_NE(printed(Format::kTable).find("file:/\\033[31m"), std::string::npos);
  for (const Format format : {Format::kJson, Format::kCsv, Format::kTsv}) {
    EXPECT_EQ(printed(format).find('\033'), std::string::npos);
  }
}

TEST(RecorderWatchTest, FindsWhoHoldsTheLock) {
  const TempDir directory;
  const std::string database = directory.File("fork.db");
  EXPECT_FALSE(FindRecorder(database));
  WriteFile(database + "-lock", "");
  EXPECT_FALSE(FindRecorder(database));
  const int fd = open((database + "-lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(fd, LOCK_EX), 0);
  EXPECT_EQ(FindRecorder(database), getpid());
  close(fd);
  EXPECT_FALSE(FindRecorder(database));
}

TEST(RecorderWatchTest, IsNotMisledByOtherLocks) {
  const TempDir directory;
  const std::string database = directory.File("fork.db");
  WriteFile(database + "-lock", "");
  struct stat status {};
  ASSERT_EQ(stat((database + "-lock").c_str(), &status), 0);
  const std::string inode = std::to_string(status.st_ino);
  struct Case {
    std::string line;
    bool found;
  };
  const std::vector<Case> cases = {
      {"1: FLOCK  ADVISORY  WRITE 7 fe:00:" + inode + " 0 EOF", true},
      {"1: FLOCK  ADVISORY  WRITE 7 fe:00:1" + inode + " 0 EOF", false},
      {"1: FLOCK  ADVISORY  READ 7 fe:00:" + inode + " 0 EOF", false},
      {"1: POSIX  ADVISORY  WRITE 7 fe:00:" + inode + " 0 EOF", false},
      {"1: -> FLOCK  ADVISORY  WRITE 7 fe:00:" + inode + " 0 EOF", false},
      {"1: FLOCK  ADVISORY  WRITE 0 fe:00:" + inode + " 0 EOF", false},
      {"1: FLOCK  ADVISORY  WRITE x", false},
      {"", false}};
  for (const Case& item : cases) {
    WriteFile(directory.File("locks"), item.line + "\n");
    EXPECT_EQ(FindRecorder(database, directory.File("locks")).has_value(),
              item.found)
        << item.line;
  }
}

TEST(RecorderWatchTest, FindsTheNewestNumberOfASource) {
  const TempDir directory;
  const std::string path = directory.File("fork_info");
  EXPECT_FALSE(FindNewestSeq(path));
  WriteFile(path, kHeader);
  EXPECT_FALSE(FindNewestSeq(path));
  WriteFile(path, kHeader + Lines(3, 12));
  EXPECT_EQ(FindNewestSeq(path), 12);
}

}  // namespace
}  // namespace forkdb
