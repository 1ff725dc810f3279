#include "recorder/daemon/drain_pacer.h"

#include <gtest/gtest.h>

namespace forkdb {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr DrainPacer::Clock::time_point kStart{seconds(1000)};

TEST(DrainPacer, KeepsTheIntervalWhileLittleComes) {
  DrainPacer pace(seconds(1));
  EXPECT_EQ(pace.Next(kStart, 0, 1000), kStart + seconds(1));
  EXPECT_EQ(pace.Next(kStart + seconds(1), 500, 1000), kStart + seconds(2));
}

TEST(DrainPacer, ComesBeforeTheSourceIsHalfFullAtTheRateOfTheLastRecords) {
  DrainPacer pace(seconds(1));
  pace.Next(kStart, 0, 1000);
  DrainPacer::Clock::time_point now = kStart + seconds(1);
  EXPECT_EQ(pace.Next(now, 1000, 1000), now + milliseconds(500));
  now += milliseconds(500);
  EXPECT_EQ(pace.Next(now, 1000, 1000), now + milliseconds(250));
  now += milliseconds(250);
  // The rate of 4000 a second goes on: half of it is 500.
  EXPECT_EQ(pace.Next(now, 500, 1000), now + milliseconds(250));
}

TEST(DrainPacer, IsFastestAtTenMillisecondsAndReturnsToTheIntervalWhenIdle) {
  DrainPacer pace(seconds(1));
  DrainPacer::Clock::time_point now = kStart;
  for (int i = 0; i < 20; ++i) now = pace.Next(now, 1000, 1000);
  EXPECT_EQ(pace.Next(now, 1000, 1000), now + milliseconds(10));
  now += milliseconds(10);
  EXPECT_EQ(pace.Next(now, 0, 1000), now + seconds(1));
}

TEST(DrainPacer, OfAShorterIntervalIsThatInterval) {
  DrainPacer pace(milliseconds(1));
  EXPECT_EQ(pace.Next(kStart, 1000000, 1000), kStart + milliseconds(1));
}

TEST(DrainPacer, OfTheFirstDrainTakesTheSourceToHaveFilledInAnInterval) {
  DrainPacer pace(seconds(1));
  EXPECT_EQ(pace.Next(kStart, 16384, 16384), kStart + milliseconds(500));
}

TEST(DrainPacer, WithoutAKnownCapacityIsTheInterval) {
  DrainPacer pace(seconds(1));
  EXPECT_EQ(pace.Next(kStart, 1000000, 0), kStart + seconds(1));
}

TEST(DrainPacer, AfterALongIdleTimeIsNotHurried) {
  DrainPacer pace(seconds(1));
  pace.Next(kStart, 0, 1000);
  const DrainPacer::Clock::time_point now = kStart + std::chrono::hours(1);
  EXPECT_EQ(pace.Next(now, 900, 1000), now + seconds(1));
  const DrainPacer::Clock::time_point years = now + std::chrono::hours(87'600);
  EXPECT_EQ(pace.Next(years, 1, 10'000'000), years + seconds(1));
}

}  // namespace
}  // namespace forkdb
