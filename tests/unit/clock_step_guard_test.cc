#include "recorder/database/clock_step_guard.h"

#include <gtest/gtest.h>

namespace forkdb {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kYear = 365 * kDay;
constexpr int64_t kReal = 50 * kYear;  // when it is first asked
constexpr int64_t kBoot = 5 * kDay;

TEST(ClockStepGuard, IsTheRealOneWhileThatGoesOnAsTimeDoes) {
  ClockStepGuard clock;
  for (const int64_t passed : {int64_t{0}, kSecond, kHour, kYear}) {
    EXPECT_EQ(clock.Now(kReal + passed, kBoot + passed), kReal + passed);
    EXPECT_EQ(clock.doubted_ns(), 0);
  }
}

TEST(ClockStepGuard, BelievesSmallStepsAheadAndAnyBack) {
  ClockStepGuard clock;
  clock.Now(kReal, kBoot);
  EXPECT_EQ(clock.Now(kReal + kDay, kBoot), kReal + kDay);
  EXPECT_EQ(clock.Now(kReal - kYear, kBoot), kReal - kYear);
}

TEST(ClockStepGuard, DoubtsALongStepAheadForAnHour) {
  ClockStepGuard clock;
  clock.Now(kReal, kBoot);
  EXPECT_EQ(clock.Now(kReal + kYear, kBoot), kReal);
  EXPECT_EQ(clock.doubted_ns(), kYear);
  EXPECT_EQ(clock.Now(kReal + kYear + kHour - 1, kBoot + kHour - 1),
            kReal + kHour - 1);
  EXPECT_EQ(clock.Now(kReal + kYear + kHour, kBoot + kHour),
            kReal + kYear + kHour);
  EXPECT_EQ(clock.doubted_ns(), 0);
}

TEST(ClockStepGuard, DoubtsNoMoreOnceTheClockWasSetRight) {
  ClockStepGuard clock;
  clock.Now(kReal, kBoot);
  clock.Now(kReal + kYear, kBoot);
  EXPECT_EQ(clock.Now(kReal + kHour / 2, kBoot + kHour / 2), kReal + kHour / 2);
  EXPECT_EQ(clock.doubted_ns(), 0);
  // Each doubt has its own hour.
  EXPECT_EQ(clock.Now(kReal + kYear, kBoot + kHour), kReal + kHour);
}

TEST(ClockStepGuard, ThatStartsDoubtsATimeFarFromTheLastThatIsKnown) {
  EXPECT_EQ(ClockStepGuard(kDay, kReal).Now(kReal + kDay, kBoot), kReal + kDay);
  ClockStepGuard clock(kDay, kReal);
  EXPECT_EQ(clock.Now(kReal + kDay + 1, kBoot), kReal);
  EXPECT_EQ(clock.doubted_ns(), kDay + 1);
  EXPECT_EQ(clock.Now(kReal + kDay + kHour, kBoot + kHour),
            kReal + kDay + kHour);
}

}  // namespace
}  // namespace forkdb
