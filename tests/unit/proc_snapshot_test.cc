#include "recorder/source/proc_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>

#include "recorder/database/pruner.h"
#include "recorder/ingest/alive_table.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

class ProcSnapshotTest : public testing::Test {
 protected:
  ProcSnapshotTest() : database_(OpenForWriting(kMemoryDatabase)) {
    boot_.boot_id = "a";
    AddProcess(2, "kthreadd", 0, 24, 0x200000);
    AddFile("self", "timens_offsets", "monotonic 0 0\nboottime 0 0\n");
  }

  void AddFile(const std::string& directory, const std::string& name,
               const std::string& bytes) {
    std::filesystem::create_directory(dir_.File(directory));
    WriteFile(dir_.File(directory + "/" + name), bytes);
  }

  void AddProcess(int pid, const std::string& comm, int ppid, int64_t tick,
                  int flags = 0, const std::string& ns_pids = "") {
    const std::string name = std::to_string(pid);
    AddFile(name, "comm", comm + "\n");
    AddFile(name, "stat",
            name + " (" + comm + ") S " + std::to_string(ppid) + " 0 0 0 -1 " +
                std::to_string(flags) + " 0 0 0 0 0 0 0 0 20 0 1 0 " +
                std::to_string(tick) + " 0 0\n");
    AddFile(name, "status",
            "Name:\tx\nUid:\t1000\t0\t0\t0\nNSpid:\t" + name + ns_pids + "\n");
  }

  void Note() {
    StoreAlive(boot_, ReadProcSnapshot(dir_.path(), ProcSnapshot::kMost),
               kStartNs, &database_, "x", &usernames_);
  }

  std::string Sql(const std::string& sql) { return Ask(&database_, sql); }

  Usernames usernames_{nullptr, std::chrono::seconds(10)};
  TempDir dir_;
  SQLite::Database database_;
  Boot boot_;
};

TEST_F(ProcSnapshotTest, KeepsHostileNamesByteExact) {
  AddProcess(7, ") S 9 9 9\n(\x1b'", 2, 30);
  AddProcess(8, "\xff", 7, 31, 0, "\t5\t1");
  Note();
  EXPECT_EQ(Sql("SELECT pid, ppid, start_tick, uid, hex(comm), typeof(comm), "
                "ns_pid FROM alive WHERE pid > 2 ORDER BY pid"),
            "7|2|30|1000|2920532039203920390A281B27|text|\n"
            "8|7|31|1000|FF|blob|1");
  EXPECT_EQ(Sql("SELECT a.pid, p.pid FROM alive AS a JOIN alive AS p ON p.id = "
                "a.parent ORDER BY a.pid"),
            "7|2\n8|7");
}

TEST_F(ProcSnapshotTest, LeavesOutWhatEndsMeanwhile) {
  AddProcess(7, "gone", 2, 30);
  std::filesystem::remove(dir_.File("7/status"));
  AddProcess(8, "child", 7, 31);
  AddFile("9", "stat", "9 (cut");
  Note();
  EXPECT_EQ(Sql("SELECT pid, ppid, parent FROM alive ORDER BY pid"),
            "2|0|\n8|7|");
}

TEST_F(ProcSnapshotTest, TakesNoYoungerProcessForAParent) {
  AddProcess(7, "reused", 2, 40);
  AddProcess(8, "orphan", 7, 31);
  Note();
  EXPECT_EQ(Sql("SELECT parent FROM alive WHERE pid = 8"), "");
}

TEST_F(ProcSnapshotTest, ALaterStartAddsOnlyWhatIsNew) {
  AddProcess(7, "old", 2, 30);
  Note();
  AddProcess(7, "reused", 2, 50);
  AddProcess(8, "child", 7, 60);
  Note();
  Note();
  EXPECT_EQ(Sql("SELECT a.pid, a.comm, p.comm FROM alive AS a LEFT JOIN alive "
                "AS p ON p.id = a.parent ORDER BY a.pid, a.start_tick"),
            "2|kthreadd|\n7|old|kthreadd\n7|reused|kthreadd\n8|child|reused");
  EXPECT_EQ(Sql("PRAGMA foreign_key_check"), "");
}

TEST_F(ProcSnapshotTest, StoresNothingWherePidsAreNotThoseOfRecords) {
  AddProcess(2, "sh", 1, 24);  // pid 2 of a container
  const ProcSnapshot contained = ReadProcSnapshot(dir_.path(), 10);
  EXPECT_TRUE(contained.processes.empty());
  EXPECT_THAT(contained.trouble, HasSubstr("PID namespace"));
  AddProcess(2, "kthreadd", 0, 24, 0x200000);
  AddFile("self", "timens_offsets", "monotonic 0 0\nboottime 5 0\n");
  EXPECT_THAT(ReadProcSnapshot(dir_.path(), 10).trouble,
              HasSubstr("time namespace"));
  EXPECT_THAT(ReadProcSnapshot(dir_.File("none"), 10).trouble,
              HasSubstr("No such file"));
}

TEST_F(ProcSnapshotTest, IsBounded) {
  for (int pid = 3; pid < 20; ++pid) AddProcess(pid, "sh", 2, 30);
  const ProcSnapshot reading = ReadProcSnapshot(dir_.path(), 10);
  EXPECT_EQ(reading.processes.size(), 10U);
  EXPECT_THAT(reading.trouble, HasSubstr("more than 10"));
}

TEST_F(ProcSnapshotTest, FindsThisProcess) {
  const ProcSnapshot reading = ReadProcSnapshot("/proc", ProcSnapshot::kMost);
  if (!reading.trouble.empty()) GTEST_SKIP() << reading.trouble;
  const auto self = std::find_if(
      reading.processes.begin(), reading.processes.end(),
      [](const AliveProcess& process) { return process.pid == getpid(); });
  ASSERT_NE(self, reading.processes.end());
  EXPECT_EQ(self->ppid, getppid());
  EXPECT_EQ(self->uid, getuid());
}

TEST_F(ProcSnapshotTest, NotesOnlyTheRunningBoot) {
  Stream stream = ProcStream("another boot");
  EXPECT_EQ(NoteAlive(stream, kStartNs, &database_, "x", &usernames_), "");
  stream.source = kFile;
  stream.boot = CurrentBoot();
  EXPECT_EQ(NoteAlive(stream, kStartNs, &database_, "x", &usernames_), "");
  EXPECT_EQ(Sql("SELECT count(*) FROM alive"), "0");
}

TEST_F(ProcSnapshotTest, GoesWithTheLastRecordOfAnEarlierBoot) {
  Note();
  Writer first(&database_, "x");
  Batch batch = MakeBatch(ForkRecords(1, 3));
  first.Write(ProcStream("a"), &batch, kStartNs);
  Pruner pruner(&database_);
  EXPECT_TRUE(pruner.Prune(Pruner::kAnyTime));
  EXPECT_EQ(Sql("SELECT count(*) FROM alive"), "1");
  Writer second(&database_, "x");
  batch = MakeBatch(ForkRecords(1, 3));
  second.Write(ProcStream("b"), &batch, kStartNs);
  EXPECT_TRUE(pruner.Prune(Pruner::kAnyTime));
  EXPECT_EQ(Sql("SELECT count(*) FROM alive"), "0");
}

}  // namespace
}  // namespace forkdb
