#include "store/recorder_state.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace forkdb {
namespace {

RecorderState Example() {
  RecorderState state;
  state.pid = 4711;
  state.start_ticks = 99;
  state.pid_namespace = "pid:[4026531836]";
  state.boot_id = "0f7c";
  state.database_inode = 5;
  state.log_inode = 6;
  state.heartbeat_ns = 7'000'000'000;
  state.phase = "waiting for records";
  state.last_commit_ns = 6'000'000'000;
  state.waiting = 3;
  state.trouble = "database: x: is full";
  state.trouble_since_ns = 1;
  state.incident = "moved";
  state.incident_ns = 2;
  state.records = 10;
  state.missing = 4;
  return state;
}

TEST(RecorderStateTest, IsReadAsItWasWritten) {
  const std::string text = FormatRecorderState(Example());
  EXPECT_EQ(text.size(), kRecorderStateBytes);
  EXPECT_TRUE(IsRecorderState(text));
  const auto state = ParseRecorderState(text);
  ASSERT_TRUE(state);
  EXPECT_EQ(FormatRecorderState(*state), text);
  EXPECT_EQ(state->pid, 4711);
  EXPECT_EQ(state->phase, "waiting for records");
  EXPECT_EQ(state->trouble, "database: x: is full");
  EXPECT_EQ(state->missing, 4);
}

TEST(RecorderStateTest, IsOfOneSizeWhateverTheTexts) {
  RecorderState state = Example();
  state.trouble = std::string(100'000, '\n') + "end=1\n";
  state.incident = std::string(100'000, 'x');
  // Its last character must not be cut in two.
  for (int i = 0; i < 50'000; ++i) state.phase += "\xc3\xa9";
  const std::string text = FormatRecorderState(state);
  EXPECT_EQ(text.size(), kRecorderStateBytes);
  const auto read = ParseRecorderState(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->heartbeat_ns, state.heartbeat_ns);
  EXPECT_EQ(read->trouble.find('\n'), std::string::npos);
}

TEST(RecorderStateTest, IsNothingWhereItIsNotWhole) {
  const std::string text = FormatRecorderState(Example());
  RecorderState next = Example();
  ++next.heartbeat_ns;
  const std::string newer = FormatRecorderState(next);
  for (size_t size = 0; size < text.find("end="); ++size) {
    EXPECT_FALSE(ParseRecorderState(text.substr(0, size))) << size;
  }
  // Half of it is already the next one's.
  const size_t half = text.find("last_commit_ns");
  EXPECT_FALSE(ParseRecorderState(newer.substr(0, half) + text.substr(half)));
  for (const char* other :
       {"", "notes", "forkdb recorder status 2\nend=0\n",
        "forkdb recorder status 1\npid=x\nheartbeat_ns=0\nend=0\n",
        "forkdb recorder status 1\nheartbeat_ns=1\nend=0\n",
        "forkdb recorder status 1\nno key\nend=0\n"}) {
    EXPECT_FALSE(ParseRecorderState(other)) << other;
  }
}

TEST(RecorderStateTest, KnowsWhichProcessesRun) {
  EXPECT_TRUE(StartTicks(getpid()));
  EXPECT_FALSE(StartTicks(0x7fffffff));
  EXPECT_FALSE(IsStopped(getpid()));
}

}  // namespace
}  // namespace forkdb
