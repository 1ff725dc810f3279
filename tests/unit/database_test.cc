#include "store/database.h"

#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr uid_t kNobody = 65534;

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

// Makes a file by running SQL on a new database there.
void MakeWithSql(const std::string& path, const std::string& sql) {
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec(sql);
}

std::string WritingRefusal(const std::string& path,
                           const std::string& group = "") {
  return MessageOf<Error>([&] { OpenForWriting(path, group); });
}

std::string ReadingRefusal(const std::string& path) {
  return MessageOf<Error>([&] { OpenForReading(path); });
}

// Ends the process, with the message on stderr, as an ordinary user who opened
// the database.
[[noreturn]] void OpenAsNobody(const std::string& path, bool writing) {
  if (setgid(kNobody) != 0 || setuid(kNobody) != 0) std::_Exit(99);
  try {
    SQLite::Database database =
        writing ? OpenForWriting(path) : OpenForReading(path);
    std::fputs(Ask(&database, "SELECT count(*) FROM forks").c_str(), stderr);
  } catch (const Error& e) {
    std::fputs(e.what(), stderr);
    std::_Exit(1);
  }
  std::_Exit(0);
}

TEST(Database, IsMadeForItsOwnerAndGroupAlone) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  const mode_t old_mask = umask(0);
  {
    SQLite::Database database = OpenForWriting(path);
    database.exec("INSERT INTO boots (boot_id) VALUES ('a')");
    EXPECT_EQ(ModeOf(path), 0640U);
    EXPECT_EQ(ModeOf(path + "-wal"), 0640U);
    EXPECT_EQ(ModeOf(path + "-shm"), 0640U);
    EXPECT_EQ(Ask(&database, "PRAGMA journal_mode"), "wal");
  }
  umask(old_mask);
  EXPECT_EQ(ModeOf(path + "-shm"), 0640U) << "stays for the group's readers";
}

TEST(Database, KeepsWhatItHoldsWhenItIsOpenedAgain) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  OpenForWriting(path).exec("INSERT INTO boots (boot_id) VALUES ('a')");
  SQLite::Database first = OpenForWriting(path);
  SQLite::Database second = OpenForWriting(path);
  SQLite::Database reader = OpenForReading(path);
  second.exec("INSERT INTO boots (boot_id) VALUES ('b')");
  EXPECT_EQ(Ask(&first, "SELECT boot_id FROM boots"), "a\nb");
  // A reader sees the moment at which it was opened.
  EXPECT_EQ(Ask(&reader, "SELECT boot_id FROM boots"), "a");
  SQLite::Database later = OpenForReading(path);
  EXPECT_EQ(Ask(&later, "SELECT boot_id FROM boots"), "a\nb");
}

TEST(Database, OpenedForReadingCannotBeWritten) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  OpenForWriting(path);
  SQLite::Database database = OpenForReading(path);
  EXPECT_THAT(MessageOf<SQLite::Exception>([&] {
                database.exec("INSERT INTO boots (boot_id) VALUES ('b')");
              }),
              HasSubstr("readonly"));
}

TEST(Database, OfAnotherProgramIsRefusedAndLeftAsItIs) {
  struct Case {
    const char* name;
    std::string sql;
    std::string bytes;
    const char* reason;
  };
  const std::vector<Case> cases = {
      {"newer",
       "PRAGMA application_id = 1718579819; PRAGMA user_version = 2;"
       "CREATE TABLE records (x)",
       "", "newer forkdb (schema version 2, this one knows 1)"},
      {"other table", "CREATE TABLE t (x)", "", "not forkdb's"},
      {"other application", "PRAGMA application_id = 7; CREATE TABLE t (x)", "",
       "not forkdb's"},
      {"version alone", "PRAGMA user_version = 1", "", "not forkdb's"},
      {"no version",
       "PRAGMA application_id = 1718579819; CREATE TABLE records (x)", "",
       "not forkdb's"},
      {"text", "", "root:x:0:0:root:/root:/bin/sh\n", "not an SQLite database"},
      {"two bytes", "", "x\n", "not an SQLite database"},
      {"long text", "", std::string(10'000, 'x'), "not an SQLite database"},
      {"zeros", "", std::string(10'000, '\0'), "not an SQLite database"},
  };
  for (const Case& c : cases) {
    const TempDir dir;
    const std::string path = dir.File("some.db");
    if (c.sql.empty()) {
      WriteFile(path, c.bytes);
    } else {
      MakeWithSql(path, c.sql);
    }
    const std::string before = ReadFile(path);
    EXPECT_THAT(WritingRefusal(path, "nogroup"),
                AllOf(HasSubstr(path), HasSubstr(c.reason)))
        << c.name;
    EXPECT_THAT(ReadingRefusal(path),
                AllOf(HasSubstr(path), HasSubstr(c.reason)))
        << c.name;
    EXPECT_EQ(ReadFile(path), before) << c.name;
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_gid, getegid()) << c.name;
  }
}

TEST(Database, ThatIsEmptyIsFilledByAWriterAndRefusedByAReader) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  WriteFile(path, "");
  EXPECT_THAT(ReadingRefusal(path), HasSubstr("it is empty"));
  OpenForWriting(path);
  EXPECT_EQ(ReadingRefusal(path), "no exception");
}

TEST(Database, ThatIsNotAFileIsRefused) {
  const TempDir dir;
  EXPECT_THAT(
      WritingRefusal(dir.File("missing/fork.db")),
      AllOf(HasSubstr("no directory"), HasSubstr("missing: create it")));
  EXPECT_THAT(ReadingRefusal(dir.File("missing/fork.db")),
              HasSubstr("No such file or directory"));
  EXPECT_THAT(ReadingRefusal(dir.File("fork.db")),
              HasSubstr("No such file or directory"));
  EXPECT_THAT(WritingRefusal(dir.path()), HasSubstr("Is a directory"));
  EXPECT_THAT(ReadingRefusal(dir.path()), HasSubstr(dir.path()));
}

TEST(Database, OfAGroupThatDoesNotExistIsNotMade) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  EXPECT_THAT(WritingRefusal(path, "no-such-group"),
              HasSubstr("no such group: no-such-group"));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Database, GoesToTheGroupWithItsFilesEvenLater) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  OpenForWriting(path).exec("INSERT INTO boots (boot_id) VALUES ('a')");
  ASSERT_TRUE(std::filesystem::exists(path + "-wal"));
  const SQLite::Database database = OpenForWriting(path, "nogroup");
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(stat((path + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_gid, kNobody) << suffix;
  }
}

TEST(Database, IsRefusedToAUserOutsideItsGroup) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  OpenForWriting(path);
  EXPECT_EXIT(OpenAsNobody(path, false), testing::ExitedWithCode(1),
              "Permission denied: become a member of the file's group");
  EXPECT_EXIT(OpenAsNobody(path, true), testing::ExitedWithCode(1),
              "Permission denied: run as root");
  EXPECT_EXIT(OpenAsNobody(dir.File("new.db"), true),
              testing::ExitedWithCode(1), "Permission denied: run as root");
}

TEST(Database, AtRestIsReadByAUserWhoCannotMakeTheFilesBesideIt) {
  const TempDir dir;
  const std::string path = dir.File("fork#1?.db");
  OpenForWriting(path);
  chmod(path.c_str(), 0644);
  for (const char* suffix : {"-wal", "-shm"}) {
    std::filesystem::remove(path + suffix);
  }
  EXPECT_EXIT(OpenAsNobody(path, false), testing::ExitedWithCode(0), "^0$");
}

TEST(Database, IsReadByItsGroupWhileItIsWrittenAndAfterwards) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  {
    SQLite::Database database = OpenForWriting(path, "nogroup");
    database.exec("INSERT INTO boots (boot_id) VALUES ('a')");
    EXPECT_EXIT(OpenAsNobody(path, false), testing::ExitedWithCode(0), "^0$");
  }
  EXPECT_EXIT(OpenAsNobody(path, false), testing::ExitedWithCode(0), "^0$");
}

}  // namespace
}  // namespace forkdb
