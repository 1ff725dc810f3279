#include "recorder/aside.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

class MoveAsideTest : public testing::Test {
 protected:
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  TempDir dir_;
  std::string path_ = dir_.File("fork.db");
};

TEST_F(MoveAsideTest, TakesTheLogAlongAndSaysWhere) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    WriteFile(path_ + suffix, suffix);
  }
  const std::string aside = MoveAside(path_, kStartNs);
  EXPECT_EQ(aside, path_ + ".corrupt-20251124T160000Z");
  EXPECT_THAT(Files(),
              UnorderedElementsAre("fork.db.corrupt-20251124T160000Z",
                                   "fork.db.corrupt-20251124T160000Z-wal",
                                   "fork.db.corrupt-20251124T160000Z-shm"));
  EXPECT_EQ(ReadFile(aside + "-wal"), "-wal");
}

TEST_F(MoveAsideTest, OverwritesNoneOfTheSameSecond) {
  for (const char* text : {"1", "2", "3"}) {
    WriteFile(path_, text);
    EXPECT_EQ(ReadFile(MoveAside(path_, kStartNs)), text);
  }
  EXPECT_THAT(Files(),
              UnorderedElementsAre("fork.db.corrupt-20251124T160000Z",
                                   "fork.db.corrupt-20251124T160000Z-2",
                                   "fork.db.corrupt-20251124T160000Z-3"));
}

TEST_F(MoveAsideTest, LeavesALinkToTheDatabaseWhereItIs) {
  WriteFile(path_, "x");
  std::filesystem::create_symlink("fork.db", dir_.File("link.db"));
  EXPECT_EQ(MoveAside(dir_.File("link.db"), kStartNs),
            path_ + ".corrupt-20251124T160000Z");
  EXPECT_TRUE(std::filesystem::is_symlink(dir_.File("link.db")));
}

TEST_F(MoveAsideTest, ThatIsNotPossibleIsATrouble) {
  const std::string path = dir_.File(std::string(240, 'x'));
  WriteFile(path, "x");
  EXPECT_THAT(MessageOf<DatabaseTrouble>([&] { MoveAside(path, kStartNs); }),
              HasSubstr("File name too long"));
  EXPECT_EQ(ReadFile(path), "x");
}

}  // namespace
}  // namespace forkdb
