// The operating system fails at any single call: no log is parted from its
// database, no lock is let go, no file is opened to more users.

#include "tests/unit/failing_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "query/print/output_file.h"
#include "recorder/database/lock.h"
#include "recorder/database/quarantine.h"
#include "recorder/database/session.h"
#include "store/database.h"
#include "tests/unit/failing_vfs.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array<const char*, 4> kSuffixes = {"", "-wal", "-shm",
                                                  "-journal"};

// Whether the work ran to its end; false if it threw what users are told.
template <typename Work>
bool Succeeds(const Work& work) {
  try {
    work();
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::unique_ptr<Session> OpenWithRows(const std::string& path) {
  std::unique_ptr<Session> session =
      Session::Open(path, "", RetentionOptions(), 0);
  Batch batch = MakeBatch(ForkRecords(1, 50));
  session->writer()->Write(ProcStream("a"), &batch, kStartNs);
  return session;
}

std::string RowsOf(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  return Ask(&database, "SELECT count(*) FROM records");
}

// Leaves the database as a recorder does: tries again if that fails, and then
// closes it. Returns whether the number-th call was made.
bool Leave(std::unique_ptr<Session> session, int64_t number) {
  std::string failed;
  bool left = false;
  {
    FailingCalls calls(number, EIO);
    left = Succeeds([&] {
      session->Replaced();
      session->Leave();
    });
    failed = calls.failed();
  }
  if (!left) session->Leave();
  return !failed.empty();
}

// move gives the database another name, under which its rows must all be found.
void ExpectAllRowsAfter(
    const std::function<void(const std::string& from, const std::string& to)>&
        move) {
  const int64_t calls = AtEachCall([&](int64_t number) {
    const TempDir dir;
    const std::string path = dir.File("fork.db");
    const std::string moved = dir.File("moved.db");
    std::unique_ptr<Session> session = OpenWithRows(path);
    move(path, moved);
    const bool failed = Leave(std::move(session), number);
    EXPECT_EQ(RowsOf(moved), "50");
    EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
    EXPECT_FALSE(std::filesystem::exists(path + "-shm"));
    return failed;
  });
  EXPECT_GE(calls, 6);
}

TEST(FailingCallsTest, LosesNoRowOfADatabaseThatWasMoved) {
  ExpectAllRowsAfter([](const std::string& from, const std::string& to) {
    std::filesystem::rename(from, to);
  });
}

TEST(FailingCallsTest, LosesNoRowOfADatabaseWhoseNameCannotBeFound) {
  ExpectAllRowsAfter([](const std::string& from, const std::string& to) {
    std::filesystem::create_hard_link(from, to);
    std::filesystem::remove(from);
  });
}

TEST(FailingCallsTest, LeavesNoLogOfADeletedDatabase) {
  const int64_t calls = AtEachCall([](int64_t number) {
    const TempDir dir;
    std::unique_ptr<Session> session = OpenWithRows(dir.File("fork.db"));
    std::filesystem::remove(dir.File("fork.db"));
    const bool failed = Leave(std::move(session), number);
    EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
    return failed;
  });
  EXPECT_GE(calls, 4);
}

TEST(FailingCallsTest, PartsNoLogFromADatabaseInQuarantine) {
  const int64_t calls = AtEachCall([](int64_t number) {
    const TempDir dir;
    const std::string path = dir.File("fork.db");
    for (const char* suffix : kSuffixes) WriteFile(path + suffix, suffix);
    std::string place = path;
    FailingCalls calls(number, EIO);
    Succeeds([&] { place = Quarantine(path, kStartNs); });
    for (const char* suffix : kSuffixes) {
      EXPECT_EQ(ReadFile(place + suffix), suffix) << calls.failed();
    }
    return !calls.failed().empty();
  });
  EXPECT_GE(calls, 12);
}

TEST(FailingCallsTest, KeepsTheLock) {
  const int64_t calls = AtEachCall([](int64_t number) {
    const TempDir dir;
    const std::string path = dir.File("fork.db");
    RecorderLock lock(path);
    lock.Take();
    std::string failed;
    {
      FailingCalls calls(number, EIO);
      Succeeds([&] {
        lock.Take();
        lock.LeaveIfLost();
      });
      failed = calls.failed();
    }
    RecorderLock other(path);
    EXPECT_THAT(MessageOf<DatabaseTrouble>([&] { other.Take(); }),
                HasSubstr("is using it"))
        << failed;
    return !failed.empty();
  });
  EXPECT_GE(calls, 4);
}

TEST(FailingCallsTest, TakesNoErrorOfALockForAnotherRecorder) {
  const int64_t calls = AtEachCall([](int64_t number) {
    const TempDir dir;
    RecorderLock lock(dir.File("fork.db"));
    FailingCalls calls(number, ENOLCK);
    EXPECT_THAT(MessageOf<DatabaseTrouble>([&] { lock.Take(); }),
                Not(HasSubstr("holds its lock")))
        << calls.failed();
    return !calls.failed().empty();
  });
  EXPECT_GE(calls, 4);
}

TEST(FailingCallsTest, OpensNoFileToMoreUsers) {
  const mode_t mask = umask(022);
  const int64_t calls = AtEachCall([](int64_t number) {
    const TempDir dir;
    const std::string path = dir.File("out.csv");
    WriteFile(path, "old");
    chmod(path.c_str(), 0600);
    std::string failed;
    bool succeeds = false;
    {
      FailingCalls calls(number, EIO);
      succeeds = Succeeds([&] {
        OutputFile output(path);
        std::fputs("new", output.stream());
        output.Commit();
      });
      failed = calls.failed();
    }
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U) << failed;
    EXPECT_EQ(ReadFile(path), succeeds ? "new" : "old") << failed;
    return !failed.empty();
  });
  EXPECT_GE(calls, 9);
  umask(mask);
}

TEST(FailingCallsTest, ReadsNoDatabaseWithoutItsLog) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  const std::unique_ptr<Session> session = OpenWithRows(path);
  const int64_t calls = AtEachCall([&](int64_t number) {
    std::string rows = "50";
    FailingCalls calls(number, EIO);
    Succeeds([&] {
      SQLite::Database database = OpenForReading(path);
      rows = Ask(&database, "SELECT count(*) FROM records");
    });
    EXPECT_EQ(rows, "50") << calls.failed();
    return !calls.failed().empty();
  });
  EXPECT_GE(calls, 12);
}

// The database as a file that does not change, in which its log does not count.
TEST(FailingCallsTest, ReadsNoDatabaseWithoutItsLogOnAFailingDisk) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  const std::unique_ptr<Session> session = OpenWithRows(path);
  for (int64_t operation = 1;; ++operation) {
    SCOPED_TRACE("operation " + std::to_string(operation));
    FailingVfs vfs;
    const int64_t calls = AtEachCall([&](int64_t number) {
      std::string rows = "50";
      vfs.FailFrom(operation, 1);
      FailingCalls calls(number, EIO);
      Succeeds([&] {
        SQLite::Database database = OpenForReading(path);
        rows = Ask(&database, "SELECT count(*) FROM records");
      });
      vfs.FailNoMore();
      EXPECT_EQ(rows, "50") << calls.failed();
      return !calls.failed().empty();
    });
    if (vfs.failed() == 0 || HasFailure()) return;
    EXPECT_GE(calls, 12);
  }
}

TEST(FailingCallsTest, TakesNoDirectoryForSafeThatItCannotAsk) {
  const int64_t calls = AtEachCall([](int64_t number) {
    const TempDir dir;
    chmod(dir.path().c_str(), 0777);
    FailingCalls calls(number, EIO);
    EXPECT_FALSE(Succeeds([&] { CheckDatabase(dir.File("fork.db")); }))
        << calls.failed();
    return !calls.failed().empty();
  });
  EXPECT_GE(calls, 1);
}

// SQLite would delete them when it makes the database.
TEST(FailingCallsTest, TakesNoLogForEmptyThatItCannotRead) {
  const std::pair<const char*, std::string> files[] = {
      {"-wal", std::string("\x37\x7f\x06\x82", 4) + std::string(64, 'x')},
      {"-journal", "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7 and pages"}};
  for (const auto& [suffix, content] : files) {
    SCOPED_TRACE(suffix);
    const int64_t calls =
        AtEachCall([suffix = suffix, content = content](int64_t number) {
          const TempDir dir;
          const std::string path = dir.File("fork.db");
          WriteFile(path + suffix, content);
          FailingCalls calls(number, EIO);
          EXPECT_FALSE(Succeeds([&] { CheckDatabase(path); }))
              << calls.failed();
          return !calls.failed().empty();
        });
    EXPECT_GE(calls, 4);
  }
}

}  // namespace
}  // namespace forkdb
