#include "recorder/database/session.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

class SessionTest : public testing::Test {
 protected:
  std::unique_ptr<Session> Open() {
    return Session::Open(path_, "", RetentionOptions(), 0);
  }

  static void Write(int64_t first_seq, int64_t last_seq, Session* session) {
    Batch batch = MakeBatch(ForkRecords(first_seq, last_seq));
    session->writer()->Write(ProcStream("a"), &batch, kStartNs);
  }

  // What the file itself holds, without its log.
  std::string RowsWithoutLog() const {
    const std::string copy = dir_.File("copy.db");
    WriteFile(copy, ReadFile(path_));
    SQLite::Database database(copy, SQLite::OPEN_READWRITE);
    return Ask(&database, "SELECT count(*) FROM records");
  }

  TempDir dir_;
  std::string path_ = dir_.File("fork.db");
};

TEST_F(SessionTest, KnowsWhenItsFileIsAnotherOrGone) {
  const std::unique_ptr<Session> session = Open();
  EXPECT_FALSE(session->Replaced());
  std::filesystem::rename(path_, dir_.File("old.db"));
  EXPECT_TRUE(session->Replaced());
  WriteFile(path_, "another");
  EXPECT_TRUE(session->Replaced());
  std::filesystem::rename(dir_.File("old.db"), path_);
  EXPECT_FALSE(session->Replaced());
}

TEST_F(SessionTest, SendsTheLogAfterAMovedDatabase) {
  const std::string old = dir_.File("old.db");
  {
    const std::unique_ptr<Session> session = Open();
    Write(1, 50, session.get());
    std::filesystem::rename(path_, old);
    EXPECT_EQ(session->Leave(), "was moved to " + old);
    EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
  }
  SQLite::Database database(old);
  EXPECT_EQ(Ask(&database, "SELECT count(*) FROM records"), "50");
}

TEST_F(SessionTest, LeavesNothingOfADeletedDatabase) {
  const std::unique_ptr<Session> session = Open();
  Write(1, 50, session.get());
  std::filesystem::remove(path_);
  EXPECT_EQ(session->Leave(), "was deleted");
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST_F(SessionTest, DoesNotTouchTheLogOfASuccessor) {
  const std::unique_ptr<Session> session = Open();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::rename(path_ + suffix, dir_.File("old.db") + suffix);
    WriteFile(path_ + suffix, "another's");
  }
  EXPECT_EQ(session->Leave(), "was moved to " + dir_.File("old.db"));
  EXPECT_EQ(ReadFile(path_ + "-wal"), "another's");
}

TEST_F(SessionTest, OverwritesNothingWhenTheLogFollowsTheDatabase) {
  const std::unique_ptr<Session> session = Open();
  WriteFile(dir_.File("old.db-wal"), "another's");
  std::filesystem::rename(path_, dir_.File("old.db"));
  session->Leave();
  EXPECT_EQ(ReadFile(dir_.File("old.db-wal")), "another's");
}

TEST_F(SessionTest, KnowsWhenItsLogIsGone) {
  const std::unique_ptr<Session> session = Open();
  EXPECT_FALSE(session->LostLog());
  std::filesystem::remove(path_ + "-shm");
  EXPECT_TRUE(session->LostLog());
  EXPECT_FALSE(session->Replaced());
}

TEST_F(SessionTest, SavesALogThatIsGone) {
  const std::unique_ptr<Session> session = Open();
  Write(1, 50, session.get());
  std::filesystem::remove(path_ + "-wal");
  EXPECT_TRUE(session->SaveLog());
  EXPECT_EQ(RowsWithoutLog(), "50");
  EXPECT_FALSE(std::filesystem::exists(path_ + "-shm"));
}

TEST_F(SessionTest, LeavesAnothersLogAsItIs) {
  {
    const std::unique_ptr<Session> session = Open();
    Write(1, 50, session.get());
    std::filesystem::remove(path_ + "-wal");
    WriteFile(path_ + "-wal", "another's");
    EXPECT_FALSE(session->SaveLog());
  }
  EXPECT_EQ(RowsWithoutLog(), "0");
  EXPECT_EQ(ReadFile(path_ + "-wal"), "another's");
}

TEST_F(SessionTest, BringsTheLogIntoTheFileAtACheckpoint) {
  const std::unique_ptr<Session> session = Open();
  session->Checkpoint();
  Write(1, 50, session.get());
  EXPECT_EQ(RowsWithoutLog(), "0");
  session->Checkpoint();
  EXPECT_EQ(RowsWithoutLog(), "50");
}

TEST_F(SessionTest, TellsALogThatCannotBeSyncedForAReaderHoldsIt) {
  const std::unique_ptr<Session> session = Open();
  Write(1, 50, session.get());
  SQLite::Database reader(path_);
  reader.exec("BEGIN");
  EXPECT_EQ(Ask(&reader, "SELECT count(*) FROM records"), "50");
  Write(51, 60, session.get());
  std::filesystem::remove(path_ + "-wal");
  EXPECT_THAT(MessageOf<DatabaseTrouble>([&] { session->Checkpoint(); }),
              HasSubstr("fork.db-wal"));
}

// Ends when the other end of the pipe is closed.
[[noreturn]] void HoldCheckpointLock(const std::string& index, int ready,
                                     int stop) {
  constexpr off_t kCheckpointLock = 121;
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_start = kCheckpointLock;
  lock.l_len = 1;
  const int fd = open(index.c_str(), O_RDONLY);
  char byte = fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
  if (write(ready, &byte, 1) != 1 || read(stop, &byte, 1) != 0) _exit(1);
  _exit(0);
}

TEST_F(SessionTest, SyncsALogThatAReaderKeepsFromBeingCopied) {
  const std::unique_ptr<Session> session = Open();
  Write(1, 50, session.get());
  int ready[2];
  int stop[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(stop), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(stop[1]);
    HoldCheckpointLock(path_ + "-shm", ready[1], stop[0]);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  session->Checkpoint();
  EXPECT_EQ(RowsWithoutLog(), "0");
  // Only who would sync it misses it.
  std::filesystem::remove(path_ + "-wal");
  EXPECT_THAT(MessageOf<DatabaseTrouble>([&] { session->Checkpoint(); }),
              HasSubstr("fork.db-wal"));
  for (const int fd : {ready[0], ready[1], stop[0], stop[1]}) close(fd);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
}

}  // namespace
}  // namespace forkdb
