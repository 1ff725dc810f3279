#include "recorder/database/heartbeat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "base/time.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

class HeartbeatTest : public testing::Test {
 protected:
  HeartbeatTest() : database_(directory_.File("fork.db")) {
    WriteFile(database_, "x");
    chmod(database_.c_str(), 0640);
  }

  std::string path() const { return database_ + "-status"; }
  std::optional<RecorderState> Read() const {
    return ParseRecorderState(ReadFile(path()));
  }
  bool Exists() const { return access(path().c_str(), F_OK) == 0; }

  TempDir directory_;
  std::string database_;
};

TEST_F(HeartbeatTest, TellsWhoItIsAndWhatItDoesUntilItsEnd) {
  {
    Heartbeat heartbeat(database_);
    EXPECT_FALSE(Exists()) << "the lock is not taken yet";
    EXPECT_EQ(heartbeat.Start(), "");
    heartbeat.Enter("waiting for records");
    const std::optional<RecorderState> state = Read();
    ASSERT_TRUE(state);
    EXPECT_EQ(state->pid, getpid());
    EXPECT_EQ(state->start_ticks, StartTicks(getpid()));
    EXPECT_EQ(state->boot_id, RunningBootId());
    EXPECT_EQ(state->phase, "waiting for records");
    EXPECT_GT(state->heartbeat_ns, 0);
    struct stat database {};
    ASSERT_EQ(stat(database_.c_str(), &database), 0);
    EXPECT_EQ(state->database_inode, static_cast<int64_t>(database.st_ino));
  }
  EXPECT_FALSE(Exists());
}

TEST_F(HeartbeatTest, BelongsToWhomTheDatabaseBelongs) {
  if (geteuid() != 0) GTEST_FAIL() << "needs root";
  ASSERT_EQ(chown(database_.c_str(), 12, 34), 0);
  ASSERT_EQ(chmod(database_.c_str(), 0660), 0);
  Heartbeat heartbeat(database_);
  EXPECT_EQ(heartbeat.Start(), "");
  struct stat status {};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 12U);
  EXPECT_EQ(status.st_gid, 34U);
  EXPECT_EQ(status.st_mode & 07777U, 0640U) << "only the recorder writes it";
}

TEST_F(HeartbeatTest, LeavesAloneWhatIsNotForkdbs) {
  const std::string notes = directory_.File("notes");
  WriteFile(notes, "mine");
  const auto refused = [&](const char* reason) {
    {
      Heartbeat heartbeat(database_);
      EXPECT_THAT(heartbeat.Start(), HasSubstr(reason));
      EXPECT_EQ(heartbeat.Start(), "") << "said once";
      heartbeat.Enter("waiting for records");
      EXPECT_FALSE(heartbeat.due());
    }
    EXPECT_EQ(ReadFile(notes), "mine");
    EXPECT_TRUE(Exists());
    unlink(path().c_str());
  };
  ASSERT_EQ(symlink(notes.c_str(), path().c_str()), 0);
  refused("symbolic link");
  ASSERT_EQ(link(notes.c_str(), path().c_str()), 0);
  refused("not a regular file");
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  refused("not a regular file");
  WriteFile(path(), "notes of somebody");
  {
    Heartbeat heartbeat(database_);
    EXPECT_THAT(heartbeat.Start(), HasSubstr("not written by forkdb"));
  }
  EXPECT_EQ(ReadFile(path()), "notes of somebody");
}

TEST_F(HeartbeatTest, TakesOverWhatAKilledRecorderLeft) {
  RecorderState left;
  left.pid = 1;
  WriteFile(path(), FormatRecorderState(left));
  Heartbeat heartbeat(database_);
  EXPECT_EQ(heartbeat.Start(), "");
  EXPECT_EQ(Read()->pid, getpid());
  // Somebody removes it.
  unlink(path().c_str());
  EXPECT_EQ(heartbeat.Start(), "");
  EXPECT_EQ(Read()->pid, getpid());
}

TEST_F(HeartbeatTest, IsWrittenNowAndThenWithoutAnyEvent) {
  Heartbeat heartbeat(database_);
  EXPECT_FALSE(heartbeat.due());
  EXPECT_EQ(heartbeat.Start(), "");
  const int64_t first_ns = Read()->heartbeat_ns;
  ASSERT_TRUE(heartbeat.due());
  heartbeat.Tend(*heartbeat.due() - std::chrono::seconds(1));
  EXPECT_EQ(Read()->heartbeat_ns, first_ns);
  heartbeat.Tend(*heartbeat.due());
  EXPECT_GT(Read()->heartbeat_ns, first_ns);
}

TEST_F(HeartbeatTest, KeepsSinceWhenThereIsTrouble) {
  Heartbeat heartbeat(database_);
  EXPECT_EQ(heartbeat.Start(), "");
  heartbeat.SetTrouble("full");
  const int64_t since_ns = Read()->trouble_since_ns;
  EXPECT_GT(since_ns, 0);
  heartbeat.SetTrouble("still full");
  EXPECT_EQ(Read()->trouble, "still full");
  EXPECT_EQ(Read()->trouble_since_ns, since_ns);
  heartbeat.SetTrouble("");
  EXPECT_EQ(Read()->trouble, "");
  EXPECT_EQ(Read()->trouble_since_ns, 0);
  heartbeat.NoteIncident("gone");
  EXPECT_EQ(Read()->incident, "gone");
}

}  // namespace
}  // namespace forkdb
