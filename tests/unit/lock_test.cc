#include "recorder/database/lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

class RecorderLockTest : public testing::Test {
 protected:
  std::string Refusal(const std::string& path) {
    return MessageOf<DatabaseTrouble>([&] { RecorderLock(path).Take(); });
  }

  TempDir dir_;
  std::string path_ = dir_.File("fork.db");
  std::string file_ = path_ + "-lock";
};

TEST_F(RecorderLockTest, RefusesASecondByThePidOfTheFirst) {
  RecorderLock lock(path_);
  EXPECT_FALSE(std::filesystem::exists(file_));
  lock.Take();
  lock.Take();
  EXPECT_EQ(ReadFile(file_), "forkdb " + std::to_string(getpid()) + "\n");
  EXPECT_THAT(Refusal(path_),
              HasSubstr("pid " + std::to_string(getpid()) + " is using it"));
  EXPECT_EQ(Refusal(dir_.File("other.db")), "no exception");
}

TEST_F(RecorderLockTest, IsTheSameThroughALink) {
  WriteFile(path_, "");
  std::filesystem::create_symlink("fork.db", dir_.File("link.db"));
  RecorderLock lock(path_);
  lock.Take();
  EXPECT_THAT(Refusal(dir_.File("link.db")), HasSubstr("is using it"));
}

TEST_F(RecorderLockTest, GoesWithItsFileAtTheEnd) {
  {
    RecorderLock lock(path_);
    lock.Take();
  }
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_EQ(Refusal(path_), "no exception");
}

TEST_F(RecorderLockTest, IsTakenAnewWhereSomebodyHasDeletedItsFile) {
  RecorderLock lock(path_);
  lock.Take();
  std::filesystem::remove(file_);
  lock.LeaveIfLost();
  lock.Take();
  EXPECT_THAT(Refusal(path_), HasSubstr("is using it"));
}

TEST_F(RecorderLockTest, ThatIsLostIsNotDeletedWithWhoHasItNow) {
  RecorderLock second(path_);
  {
    RecorderLock first(path_);
    first.Take();
    std::filesystem::remove(file_);
    second.Take();
  }
  EXPECT_THAT(Refusal(path_), HasSubstr("is using it"));
}

TEST_F(RecorderLockTest, RefusesAFileThatSomebodyElseWrote) {
  RecorderLock lock(path_);
  lock.Take();
  const std::string forged = "forkdb 1\x1b[2J\nforkdb: all is well\n";
  WriteFile(file_, forged);
  EXPECT_THAT(Refusal(path_), HasSubstr("not forkdb's lock file"));
  EXPECT_EQ(ReadFile(file_), forged);
}

TEST_F(RecorderLockTest, OfADatabaseInMemoryIsNone) {
  RecorderLock first(kMemoryDatabase);
  RecorderLock second(kMemoryDatabase);
  first.Take();
  second.Take();
}

}  // namespace
}  // namespace forkdb
