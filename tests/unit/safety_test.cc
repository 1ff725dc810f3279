#include "store/safety.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

constexpr uid_t kNobody = 65534;

class SafetyTest : public testing::Test {
 protected:
  SafetyTest() : path_(dir_.File("fork.db")) {}

  void MakeFile() { WriteFile(path_, ""); }
  void Own(const std::string& path) {
    ASSERT_EQ(lchown(path.c_str(), kNobody, kNobody), 0);
  }

  TempDir dir_;
  std::string path_;
};

TEST_F(SafetyTest, TrustsWhatIsOursOrNotThereYet) {
  EXPECT_EQ(WhyUnsafe(path_), "");
  MakeFile();
  EXPECT_EQ(WhyUnsafe(path_), "");
}

TEST_F(SafetyTest, RefusesAFileThatEverybodyCanWrite) {
  MakeFile();
  ASSERT_EQ(chmod(path_.c_str(), 0666), 0);
  EXPECT_THAT(WhyUnsafe(path_), HasSubstr("it is world-writable"));
  EXPECT_THAT(MessageOf<Error>([&] { OpenForWriting(path_); }),
              HasSubstr("it is world-writable"));
}

TEST_F(SafetyTest, RefusesADirectoryThatEverybodyCanWriteButWithStickyBit) {
  ASSERT_EQ(chmod(dir_.path().c_str(), 0777), 0);
  EXPECT_THAT(WhyUnsafe(path_), HasSubstr("its directory "));
  ASSERT_EQ(chmod(dir_.path().c_str(), 01777), 0);
  EXPECT_EQ(WhyUnsafe(path_), "");
}

TEST_F(SafetyTest, RefusesWhatIsNoRegularFileOrHasTwoNames) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(WhyUnsafe(path_), HasSubstr("not a regular file"));
  unlink(path_.c_str());
  MakeFile();
  ASSERT_EQ(link(path_.c_str(), dir_.File("other").c_str()), 0);
  EXPECT_THAT(WhyUnsafe(path_), HasSubstr("hard link"));
}

TEST_F(SafetyTest, FollowsOurOwnLinkAndNobodyElses) {
  const std::string target = dir_.File("target.db");
  WriteFile(target, "");
  ASSERT_EQ(symlink(target.c_str(), path_.c_str()), 0);
  EXPECT_EQ(WhyUnsafe(path_), "");
  ASSERT_EQ(chmod(target.c_str(), 0666), 0);
  EXPECT_THAT(WhyUnsafe(path_), HasSubstr("it is world-writable"));
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  Own(path_);
  EXPECT_THAT(WhyUnsafe(path_), HasSubstr("a symbolic link of user 65534"));
}

TEST_F(SafetyTest, RefusesWhatBelongsToAnother) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  MakeFile();
  Own(path_);
  EXPECT_THAT(WhyUnsafe(path_), HasSubstr("it belongs to user 65534"));
  ASSERT_EQ(chmod(dir_.path().c_str(), 01777), 0);
  EXPECT_THAT(WhyUnsafe(path_), HasSubstr("it belongs to user 65534"));
}

// Root prunes what the user forkdb records, and records where users try it.
TEST_F(SafetyTest, TrustsTheOwnerOfTheDirectoryWithItsFiles) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  Own(dir_.path());
  EXPECT_EQ(WhyUnsafe(path_), "");
  MakeFile();
  Own(path_);
  EXPECT_EQ(WhyUnsafe(path_), "");
}

TEST(HostileDatabase, CannotRunTriggersOrUntrustedFunctions) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  {
    SQLite::Database database = OpenForWriting(path);
    database.exec(
        "CREATE TRIGGER t AFTER INSERT ON boots BEGIN "
        "UPDATE boots SET host = 'changed'; END;"
        "CREATE VIEW evil AS SELECT load_extension('/tmp/x.so');");
    database.exec("INSERT INTO boots (boot_id) VALUES ('a')");
    EXPECT_EQ(Ask(&database, "SELECT host FROM boots"), "");
  }
  SQLite::Database database = OpenForReading(path);
  EXPECT_EQ(Ask(&database, "PRAGMA trusted_schema"), "0");
  EXPECT_EQ(Ask(&database, "PRAGMA cell_size_check"), "1");
  EXPECT_THAT(
      MessageOf<std::exception>([&] { Ask(&database, "SELECT * FROM evil"); }),
      HasSubstr("unsafe use of load_extension"));
  EXPECT_THAT(
      MessageOf<std::exception>([&] {
        database.exec("PRAGMA writable_schema = ON");
        database.exec("DELETE FROM sqlite_schema");
      }),
      testing::AnyOf(HasSubstr("readonly"), HasSubstr("may not be modified")));
}

}  // namespace
}  // namespace forkdb
