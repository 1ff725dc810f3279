#include "query/database/status.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/time.h"
#include "query/database/recorder_watch.h"
#include "query/print/status_printer.h"
#include "recorder/database/retention.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
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
  // A time in the future would not be used.
  const Status status =
      ReadStatus(&database_, ForkRecord(kBlockRecords + 10).time_ns);
  EXPECT_EQ(status.keep_ns, kHourNs);
  // The ids of its first block end where stream and seq add up to a multiple.
  const int64_t last_of_block = LastIdOf(BlockOf(RecordId(1, 1)));
  EXPECT_EQ(status.next_prune_ns,
            ForkRecord(last_of_block - RecordId(1, 0)).time_ns + kHourNs);
}

TEST_F(StatusTest, TakesNothingOfTheFutureForRecent) {
  // The clock was a day ahead when these were lost.
  Write("a", {1, 2, 9}, kStartNs + 24 * kHourNs);
  Status status = ReadStatus(&database_, kStartNs);
  EXPECT_EQ(status.missing, 6);
  EXPECT_EQ(status.recent_missing, 0);
  EXPECT_EQ(status.recent_records, 0);
  status = ReadStatus(&database_, kStartNs + 24 * kHourNs);
  EXPECT_EQ(status.recent_missing, 6);
  EXPECT_EQ(status.recent_records, 3);
}

TEST_F(StatusTest, TellsWhenNothingWasRecorded) {
  EXPECT_FALSE(ReadStatus(&database_, kStartNs).last_downtime);
  for (int64_t i = 1; i <= 3; ++i) {
    Stream stream = ProcStream("a");
    stream.source = kEbpf;
    stream.attachment = std::to_string(i);
    stream.attach_ns = kStartNs + i * kHourNs;
    stream.attach_boottime_ns = i * kHourNs;
    Writer(&database_, "x")
        .MarkWatched(stream,
                     {stream.attach_ns + 7, *stream.attach_boottime_ns + 7});
  }
  const Status status = ReadStatus(&database_, kStartNs);
  EXPECT_EQ(status.downtimes, 2);
  ASSERT_TRUE(status.last_downtime);
  EXPECT_EQ(status.last_downtime->began_ns, kStartNs + 2 * kHourNs + 7);
  EXPECT_EQ(status.last_downtime->ended_ns, kStartNs + 3 * kHourNs);
}

constexpr int64_t kNow = 1000 * kNsPerSecond;  // CLOCK_BOOTTIME

std::vector<std::string> Problems(const Status& status) {
  return FindProblems(status, kNow);
}

TEST(StatusProblemsTest, AreNamedEach) {
  Status healthy;
  healthy.recorder = RecorderState();
  healthy.recorder->pid = 7;
  healthy.recorder->phase = "pruning";
  healthy.recorder->waiting = 1;
  healthy.silence_ns = kSilenceNs - 1;
  healthy.capacity = 16384;
  healthy.lag = 8191;
  healthy.missing = 5;
  EXPECT_TRUE(Problems(healthy).empty());

  Status status = healthy;
  status.recorder.reset();
  EXPECT_EQ(Problems(status).size(), 1U);
  status = healthy;
  status.lag = 8192;
  EXPECT_EQ(
      Problems(status)[0],
      "the recorder is 8192 records behind, and the kernel keeps only 16384");
  status = healthy;
  status.recent_missing = 5;
  EXPECT_EQ(Problems(status)[0],
            "5 records were lost in the last hour: see the table gaps");
  status = healthy;
  status.silence_ns = 12 * kNsPerSecond;
  EXPECT_EQ(
      Problems(status)[0],
      "the recorder has hung for 12 s while pruning; 1 record waits in memory");
  status = healthy;
  status.recorder_is_stopped = true;
  EXPECT_EQ(Problems(status)[0],
            "the recorder was stopped by a signal: run kill -CONT 7; 1 record "
            "waits in memory");
  status = healthy;
  status.recorder->waiting = 120'000;
  status.recorder->trouble = "the disk is full";
  status.recorder->trouble_since_ns = kNow - kNsPerSecond;
  EXPECT_TRUE(Problems(status).empty()) << "a moment";
  status.recorder->trouble_since_ns = kNow - 5 * kNsPerSecond;
  EXPECT_EQ(Problems(status)[0],
            "the recorder has been failing for 5 s: the disk is full; 120000 "
            "records wait in memory");
  status = healthy;
  status.log_is_lost = true;
  EXPECT_EQ(Problems(status).size(), 1U);
  status = healthy;
  status.recorder->incident = "it is damaged";
  status.recorder->incident_ns = kNow - 60 * kNsPerSecond;
  EXPECT_EQ(Problems(status)[0], "history was lost 60 s ago: it is damaged");
  status.recorder->incident_ns = kNow - kHourNs;
  EXPECT_TRUE(Problems(status).empty());
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

TEST(StatusPrinterTest, NamesTheCostOfAHookThatAllSystemCallsPay) {
  Status status;
  status.source = "ebpf";
  const auto printed = [&](const char* hook) {
    status.hook = hook;
    return Printed([&](std::FILE* stream) {
      PrintStatus(status, kStartNs, Output{Format::kTable, stream});
    });
  };
  EXPECT_NE(printed("task_newtask+sys_exit").find("slows every system call"),
            std::string::npos);
  EXPECT_EQ(printed("task_newtask+kernel_clone").find("every system call"),
            std::string::npos);
}

// A database and what this process, as its recorder, says of itself.
class RecorderWatchTest : public testing::Test {
 protected:
  RecorderWatchTest() : database_(directory_.File("fork.db")) {
    WriteFile(database_, "x");
    struct stat status {};
    stat(database_.c_str(), &status);
    state_.pid = getpid();
    state_.start_ticks = StartTicks(getpid()).value_or(0);
    state_.pid_namespace = OwnPidNamespace();
    state_.boot_id = RunningBootId();
    state_.database_inode = static_cast<int64_t>(status.st_ino);
    state_.heartbeat_ns = BoottimeNow();
  }

  std::string path() const { return database_ + "-status"; }

  bool Finds(const RecorderState& state) {
    WriteFile(path(), FormatRecorderState(state));
    chmod(path().c_str(), 0640);
    return FindRecorder(database_).has_value();
  }

  TempDir directory_;
  std::string database_;
  RecorderState state_;
};

TEST_F(RecorderWatchTest, BelievesARecorderThatRuns) {
  EXPECT_FALSE(FindRecorder(database_));
  EXPECT_TRUE(Finds(state_));
  EXPECT_EQ(FindRecorder(database_)->pid, getpid());
  // It hangs, and it is still there.
  state_.heartbeat_ns -= 10 * kSilenceNs;
  EXPECT_TRUE(Finds(state_));
}

TEST_F(RecorderWatchTest, BelievesNothingThatIsNotOfThisRecorder) {
  const auto differs = [&](const std::function<void(RecorderState*)>& change) {
    RecorderState state = state_;
    change(&state);
    return !Finds(state);
  };
  EXPECT_TRUE(differs([](RecorderState* s) { s->pid = 0x7fffffff; }));
  EXPECT_TRUE(differs([](RecorderState* s) { s->pid = -1; }));
  EXPECT_TRUE(differs([](RecorderState* s) { ++s->start_ticks; }));
  EXPECT_TRUE(differs([](RecorderState* s) { s->boot_id = "another"; }));
  // A copy of the files beside a copy of the database.
  EXPECT_TRUE(differs([](RecorderState* s) { ++s->database_inode; }));
  // Where the process cannot be seen, only its voice counts.
  EXPECT_FALSE(differs([](RecorderState* s) { s->pid_namespace = "pid:[1]"; }));
  EXPECT_TRUE(differs([](RecorderState* s) {
    s->pid_namespace = "pid:[1]";
    s->heartbeat_ns -= kSilenceNs;
  }));
}

TEST_F(RecorderWatchTest, BelievesNoFileThatOthersCanWrite) {
  EXPECT_TRUE(Finds(state_));
  chmod(path().c_str(), 0660);
  EXPECT_FALSE(FindRecorder(database_));
  chmod(path().c_str(), 0640);
  EXPECT_TRUE(FindRecorder(database_));
  ASSERT_EQ(chown(path().c_str(), 4711, 0), 0);
  EXPECT_FALSE(FindRecorder(database_)) << "somebody else's";
  ASSERT_EQ(chown(database_.c_str(), 4711, 0), 0);
  EXPECT_TRUE(FindRecorder(database_)) << "the database's owner's";
  const std::string second = directory_.File("second");
  ASSERT_EQ(link(path().c_str(), second.c_str()), 0);
  EXPECT_FALSE(FindRecorder(database_));
  ASSERT_EQ(unlink(path().c_str()), 0);
  EXPECT_FALSE(FindRecorder(database_));
  ASSERT_EQ(symlink(second.c_str(), path().c_str()), 0);
  EXPECT_FALSE(FindRecorder(database_));
}

TEST_F(RecorderWatchTest, MissesALogThatIsGoneOrAnother) {
  const std::string log = database_ + "-wal";
  EXPECT_TRUE(HasItsLog(database_, state_)) << "it has not said which";
  state_.log_inode = state_.database_inode;
  EXPECT_FALSE(HasItsLog(database_, state_));
  WriteFile(log, "");
  EXPECT_FALSE(HasItsLog(database_, state_));
  struct stat status {};
  ASSERT_EQ(stat(log.c_str(), &status), 0);
  state_.log_inode = static_cast<int64_t>(status.st_ino);
  EXPECT_TRUE(HasItsLog(database_, state_));
}

TEST(SourceWatchTest, FindsTheNewestNumberOfASource) {
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
