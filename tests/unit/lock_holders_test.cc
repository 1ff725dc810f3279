#include "store/lock_holders.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "tests/unit/testing.h"

namespace forkdb {
namespace {

class LockHoldersTest : public testing::Test {
 protected:
  LockHoldersTest() {
    WriteFile(path_, "");
    WriteFile(path_ + "-shm", "");
  }

  // A line of /proc/locks.
  void Add(const std::string& path, const std::string& kind,
           const std::string& access, int64_t pid, const std::string& range) {
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    lines_ += fmt::format("1: {}  ADVISORY  {} {} fe:00:{} {}\n", kind, access,
                          pid, status.st_ino, range);
    WriteFile(locks_, lines_);
  }
  std::string Blocker() { return DescribeWriteBlocker(path_, locks_); }

  TempDir dir_;
  std::string path_ = dir_.File("fork.db");
  std::string locks_ = dir_.File("locks");
  std::string lines_;
};

constexpr int64_t kNoProcess = 999'999'999;

TEST_F(LockHoldersTest, AreNotReaders) {
  EXPECT_EQ(Blocker(), "");
  Add(path_ + "-shm", "POSIX", "READ", kNoProcess, "124 124");
  Add(path_ + "-shm", "POSIX", "READ", kNoProcess, "128 128");
  Add(path_, "POSIX", "READ", kNoProcess, "1073741826 1073742335");
  Add(path_ + "-shm", "POSIX", "WRITE", getpid(), "120 120");
  EXPECT_EQ(Blocker(), "");
  EXPECT_EQ(DescribeFlockHolder(path_, locks_), "");
}

TEST_F(LockHoldersTest, AreWhoKeepsWritersOff) {
  for (const char* range : {"120 120", "122 122", "0 EOF", "123 127"}) {
    lines_.clear();
    Add(path_ + "-shm", "POSIX", "READ", kNoProcess, range);
    EXPECT_EQ(Blocker(), "process 999999999") << range;
  }
  lines_.clear();
  Add(path_, "OFDLCK", "WRITE", -1, "0 EOF");
  EXPECT_EQ(Blocker(), "a process that is not visible from here");
}

TEST_F(LockHoldersTest, AreNamed) {
  Add(path_, "FLOCK", "READ", 1, "0 EOF");
  EXPECT_EQ(DescribeFlockHolder(path_, locks_).rfind("process 1 (", 0), 0U);
  EXPECT_EQ(Blocker(), "") << "SQLite's locks are others";
}

}  // namespace
}  // namespace forkdb
