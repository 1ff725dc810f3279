#include "recorder/daemon/backoff.h"

#include <gtest/gtest.h>

namespace forkdb {
namespace {

using std::chrono::milliseconds;

constexpr Backoff::Clock::time_point kStart{std::chrono::hours(1)};

TEST(Backoff, TriesAtOnceWhereThereIsNoTrouble) {
  Backoff patience;
  EXPECT_TRUE(patience.MayTry(kStart));
  EXPECT_FALSE(patience.retry());
  EXPECT_FALSE(patience.Succeeded());
}

TEST(Backoff, WaitsTwiceAsLongEachTimeUpToFiveSeconds) {
  Backoff patience;
  Backoff::Clock::time_point now = kStart;
  for (const int pause : {100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
    patience.Failed("full", now);
    EXPECT_FALSE(patience.MayTry(now + milliseconds(pause - 1)));
    now += milliseconds(pause);
    EXPECT_TRUE(patience.MayTry(now));
    EXPECT_EQ(patience.retry(), now);
  }
}

TEST(Backoff, TellsEachTroubleOnce) {
  Backoff patience;
  EXPECT_TRUE(patience.Failed("full", kStart));
  EXPECT_FALSE(patience.Failed("full", kStart));
  EXPECT_TRUE(patience.Failed("read-only", kStart));
  EXPECT_TRUE(patience.Failed("full", kStart));
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  Backoff patience;
  for (int i = 0; i < 9; ++i) patience.Failed("full", kStart);
  EXPECT_TRUE(patience.Succeeded());
  EXPECT_FALSE(patience.Succeeded());
  EXPECT_TRUE(patience.Failed("full", kStart));
  EXPECT_EQ(patience.retry(), kStart + milliseconds(100));
}

}  // namespace
}  // namespace forkdb
