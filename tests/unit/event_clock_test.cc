#include "ebpf/event_clock.h"

#include <gtest/gtest.h>
#include <time.h>

#include <cstdlib>

#include "base/duration.h"
#include "base/time.h"

namespace forkdb {
namespace {

int64_t Now(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

TEST(EventClockTest, TurnsTaiIntoWallClockTimeToTheNanosecond) {
  const EventClock clock = EventClock::Tai();
  const int64_t tai_ns = Now(CLOCK_TAI);
  const int64_t offset_ns = tai_ns - clock.RealtimeOf(tai_ns);
  EXPECT_EQ(offset_ns % kNsPerSecond, 0) << "leap seconds are whole";
  EXPECT_LT(std::abs(clock.RealtimeOf(tai_ns) - RealtimeNow()),
            kNsPerSecond / 2);
}

TEST(EventClockTest, TurnsBoottimeIntoWallClockTime) {
  const EventClock clock = EventClock::Boottime();
  const int64_t boottime_ns = Now(CLOCK_BOOTTIME);
  EXPECT_LT(std::abs(clock.RealtimeOf(boottime_ns) - RealtimeNow()),
            kNsPerSecond / 2);
}

TEST(EventClockTest, NeverTellsATimeBefore1970) {
  EXPECT_EQ(EventClock(37 * kNsPerSecond).RealtimeOf(5 * kNsPerSecond), 0);
  EXPECT_EQ(EventClock(5).RealtimeOf(7), 2);
  EXPECT_EQ(EventClock(-5).RealtimeOf(7), 12);
}

TEST(EventClockTest, KnowsWhatATimeNamespaceAddsToBoottime) {
  EXPECT_EQ(BoottimeOffset("monotonic         10         0\n"
                           "boottime        1000       500\n"),
            1000 * kNsPerSecond + 500);
  EXPECT_EQ(BoottimeOffset("monotonic 1 0\nboottime -2 0\n"),
            -2 * kNsPerSecond);
  EXPECT_EQ(BoottimeOffset(""), 0);
  EXPECT_EQ(BoottimeOffset("boottime x"), 0);
}

}  // namespace
}  // namespace forkdb
