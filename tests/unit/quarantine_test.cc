#include "recorder/database/quarantine.h"

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

class QuarantineTest : public testing::Test {
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

TEST_F(QuarantineTest, TakesTheLogAlongAndSaysWhere) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    WriteFile(path_ + suffix, suffix);
  }
  const std::string aside = Quarantine(path_, kStartNs);
  EXPECT_EQ(aside, path_ + ".corrupt-20251124T160000Z");
  EXPECT_THAT(Files(),
              UnorderedElementsAre("fork.db.corrupt-20251124T160000Z",
                                   "fork.db.corrupt-20251124T160000Z-wal",
                                   "fork.db.corrupt-20251124T160000Z-shm"));
  EXPECT_EQ(ReadFile(aside + "-wal"), "-wal");
}

TEST_F(QuarantineTest, OverwritesNoneOfTheSameSecond) {
  for (const char* text : {"1", "2", "3"}) {
    WriteFile(path_, text);
    EXPECT_EQ(ReadFile(Quarantine(path_, kStartNs)), text);
  }
  EXPECT_THAT(Files(),
              UnorderedElementsAre("fork.db.corrupt-20251124T160000Z",
                                   "fork.db.corrupt-20251124T160000Z-2",
                                   "fork.db.corrupt-20251124T160000Z-3"));
}

TEST_F(QuarantineTest, TakesTheJournalAlong) {
  WriteFile(path_, "x");
  WriteFile(path_ + "-journal", "journal");
  EXPECT_EQ(ReadFile(Quarantine(path_, kStartNs) + "-journal"), "journal");
  EXPECT_FALSE(std::filesystem::exists(path_ + "-journal"));
}

TEST_F(QuarantineTest, RenamesNoLinkAndOverwritesNoLog) {
  WriteFile(path_, "x");
  WriteFile(path_ + ".corrupt-20251124T160000Z-wal", "another's");
  EXPECT_EQ(Quarantine(path_, kStartNs), path_ + ".corrupt-20251124T160000Z-2");
  WriteFile(path_, "x");
  std::filesystem::create_symlink("notes", path_ + "-wal");
  EXPECT_THAT(MessageOf<DatabaseTrouble>([&] { Quarantine(path_, kStartNs); }),
              testing::HasSubstr("symbolic link"));
  EXPECT_TRUE(std::filesystem::is_symlink(path_ + "-wal"));
}

TEST_F(QuarantineTest, LeavesALinkToTheDatabaseWhereItIs) {
  WriteFile(path_, "x");
  std::filesystem::create_symlink("fork.db", dir_.File("link.db"));
  EXPECT_EQ(Quarantine(dir_.File("link.db"), kStartNs),
            path_ + ".corrupt-20251124T160000Z");
  EXPECT_TRUE(std::filesystem::is_symlink(dir_.File("link.db")));
}

TEST_F(QuarantineTest, ThatIsNotPossibleIsATrouble) {
  const std::string path = dir_.File(std::string(240, 'x'));
  WriteFile(path, "x");
  EXPECT_THAT(MessageOf<DatabaseTrouble>([&] { Quarantine(path, kStartNs); }),
              HasSubstr("File name too long"));
  EXPECT_EQ(ReadFile(path), "x");
}

}  // namespace
}  // namespace forkdb
