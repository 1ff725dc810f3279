#include "recorder/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace forkdb
