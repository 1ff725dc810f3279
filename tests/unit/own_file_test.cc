#include "store/own_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "store/trouble.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

constexpr gid_t kNogroup = 65534;

class OwnFileTest : public testing::Test {
 protected:
  std::string Refusal(const std::string& path) {
    return MessageOf<DatabaseTrouble>([&] { OpenOwnFile(path, O_RDWR); });
  }

  TempDir dir_;
  std::string path_ = dir_.File("fork.db");
};

TEST_F(OwnFileTest, IsOpenedIfItIsThere) {
  EXPECT_FALSE(OpenOwnFile(path_, O_RDONLY));
  WriteFile(path_, "x");
  const Descriptor file = OpenOwnFile(path_, O_RDONLY);
  EXPECT_TRUE(file);
  EXPECT_TRUE(IsFileAt(file, path_));
  std::filesystem::rename(path_, dir_.File("moved"));
  EXPECT_FALSE(IsFileAt(file, path_));
  std::filesystem::create_symlink("moved", path_);
  EXPECT_FALSE(IsFileAt(file, path_));
}

TEST_F(OwnFileTest, IsNoLinkAndNothingThatOpeningCouldBlockOn) {
  WriteFile(dir_.File("notes"), "x");
  std::filesystem::create_symlink("notes", path_);
  EXPECT_THAT(Refusal(path_), HasSubstr("symbolic link"));
  std::filesystem::remove(path_);
  std::filesystem::create_hard_link(dir_.File("notes"), path_);
  EXPECT_THAT(Refusal(path_), HasSubstr("hard link"));
  std::filesystem::remove(path_);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(Refusal(path_), HasSubstr("not a regular file"));
  EXPECT_THAT(Refusal(dir_.path()), HasSubstr("Is a directory"));
}

TEST_F(OwnFileTest, IsCreatedOnce) {
  EXPECT_TRUE(CreateOwnFile(path_, 0600));
  EXPECT_FALSE(CreateOwnFile(path_, 0600));
  const std::string link = dir_.File("link");
  std::filesystem::create_symlink("nowhere", link);
  EXPECT_FALSE(CreateOwnFile(link, 0600));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("nowhere")));
}

TEST_F(OwnFileTest, OverwritesNoneWhenItIsRenamed) {
  WriteFile(path_, "x");
  WriteFile(dir_.File("other"), "y");
  EXPECT_THAT(MessageOf<DatabaseTrouble>(
                  [&] { RenameOwnFile(path_, dir_.File("other")); }),
              HasSubstr("File exists"));
  EXPECT_EQ(ReadFile(dir_.File("other")), "y");
  RenameOwnFile(path_, dir_.File("new"));
  EXPECT_EQ(ReadFile(dir_.File("new")), "x");
  RenameOwnFile(path_, dir_.File("newer"));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("newer")));
}

TEST_F(OwnFileTest, IsGivenToTheGroupUnlessItHasASecondName) {
  struct stat status {};
  WriteFile(path_, "x");
  GiveToGroup(path_, kNogroup);
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_gid, kNogroup);
  GiveToGroup(dir_.File("missing"), kNogroup);
  const std::string notes = dir_.File("notes");
  WriteFile(notes, "x");
  std::filesystem::create_hard_link(notes, dir_.File("link"));
  EXPECT_THROW(GiveToGroup(dir_.File("link"), kNogroup), DatabaseTrouble);
  ASSERT_EQ(stat(notes.c_str(), &status), 0);
  EXPECT_EQ(status.st_gid, getegid());
}

TEST_F(OwnFileTest, HasOnePathHoweverItIsReached) {
  const std::string real =
      std::filesystem::canonical(dir_.path()).string() + "/new.db";
  std::filesystem::create_symlink("second", path_);
  std::filesystem::create_symlink(dir_.path() + "/./new.db",
                                  dir_.File("second"));
  EXPECT_EQ(ResolveLinks(path_), real) << "a link to what is not there yet";
  WriteFile(dir_.File("new.db"), "");
  EXPECT_EQ(ResolveLinks(path_), real);
}

}  // namespace
}  // namespace forkdb
