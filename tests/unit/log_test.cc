#include "base/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

class LogTest : public testing::Test {
 protected:
  LogTest() {
    signal(SIGPIPE, SIG_IGN);
    if (pipe2(pipe_.data(), O_NONBLOCK | O_CLOEXEC) != 0) std::abort();
  }
  ~LogTest() override {
    for (const int fd : pipe_) close(fd);
  }

  Log MakeLog(bool is_journal = false) { return {pipe_[1], is_journal}; }

  std::string Said() const {
    std::string bytes(1 << 20, '\0');
    const ssize_t size = read(pipe_[0], bytes.data(), bytes.size());
    bytes.resize(size < 0 ? 0 : static_cast<size_t>(size));
    return bytes;
  }

  std::array<int, 2> pipe_{};
};

TEST_F(LogTest, SaysALine) {
  MakeLog().Say(Level::kNotice, "it is so");
  EXPECT_EQ(Said(), "forkdb: it is so\n");
}

TEST_F(LogTest, TellsTheJournalTheLevel) {
  {
    Log log = MakeLog(/*is_journal=*/true);
    log.Say(Level::kError, "a");
    log.Say(Level::kWarning, "b");
    log.Say(Level::kNotice, "c");
    log.Say(Level::kInfo, "d");
  }
  EXPECT_EQ(Said(), "<3>a\n<4>b\n<5>c\n<6>d\n");
}

TEST_F(LogTest, KnowsTheJournalByItsStream) {
  struct stat status {};
  ASSERT_EQ(fstat(pipe_[1], &status), 0);
  const std::string stream =
      std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  EXPECT_TRUE(IsJournal(pipe_[1], stream.c_str()));
  EXPECT_FALSE(IsJournal(pipe_[1], nullptr));
  EXPECT_FALSE(IsJournal(-1, stream.c_str()));
  for (const char* other : {"", ":", "1:2", "x", "8:10:1"}) {
    EXPECT_FALSE(IsJournal(pipe_[1], other)) << other;
  }
}

TEST_F(LogTest, LetsNoMessageForgeAnother) {
  MakeLog(/*is_journal=*/true).Say(Level::kInfo, "a\n<0>b\x1b[31m\x9b");
  EXPECT_EQ(Said(), "<6>a\\012<0>b\\033[31m\\233\n");
}

TEST_F(LogTest, CutsALongMessageBetweenTwoCharacters) {
  std::string text = "x";
  while (text.size() < 3 * Log::kMaxLine) text += "é";
  MakeLog().Say(Level::kInfo, text);
  const std::string said = Said();
  EXPECT_LE(said.size(), Log::kMaxLine);
  EXPECT_THAT(said, HasSubstr("é [cut]\n"));
}

TEST_F(LogTest, NeitherWaitsForAFullPipeNorForgetsIt) {
  const int flags = fcntl(pipe_[1], F_GETFL);
  const std::string block(4096, 'x');
  while (write(pipe_[1], block.data(), block.size()) > 0) {
  }
  ASSERT_EQ(fcntl(pipe_[1], F_SETFL, flags & ~O_NONBLOCK), 0);
  Log log = MakeLog();
  log.Say(Level::kError, "lost");  // would wait for ever
  log.Say(Level::kError, "lost");
  Said();
  log.Say(Level::kError, "there");
  EXPECT_EQ(Said(), "forkdb: 2 messages could not be written\nforkdb: there\n");
}

TEST_F(LogTest, SurvivesAReaderThatHasGone) {
  close(pipe_[0]);
  MakeLog().Say(Level::kError, "nobody hears");
  pipe_[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
  Log(-1, false).Say(Level::kError, "x");
}

}  // namespace
}  // namespace forkdb
