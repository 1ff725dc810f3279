#include "query/filter/window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/error.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr int64_t kNowNs = kStartNs + 3600 * kNsPerSecond;
constexpr int64_t kMs = kNsPerSecond / 1000;

class WindowTest : public testing::Test {
 protected:
  WindowTest() : database_(OpenForWriting(kMemoryDatabase)) {}

  void Record(const char* boot_id, int64_t first_seq, int64_t last_seq) {
    Writer writer(&database_, "x");
    Batch batch = MakeBatch(ForkRecords(first_seq, last_seq));
    writer.Write(ProcStream(boot_id), &batch, kStartNs);
  }

  // In ms from kStartNs.
  std::pair<int64_t, int64_t> Choose(const Filter& filter) {
    const Window window = ChooseWindow(filter, kNowNs, &database_);
    return {(window.since_ns - kStartNs) / kMs,
            (window.until_ns - kStartNs) / kMs};
  }

  SQLite::Database database_;
};

TEST_F(WindowTest, ReachesFromTheOldestRecordToTheNewest) {
  EXPECT_EQ(Choose({}), std::make_pair(int64_t{3600'000}, int64_t{3600'000}));
  Record("a", 5, 9000);  // closed blocks and an open one
  EXPECT_EQ(Choose({}), std::make_pair(int64_t{5}, int64_t{9000}));
  Record("b", 9500, 9600);
  EXPECT_EQ(Choose({}), std::make_pair(int64_t{5}, int64_t{9600}));
  Filter filter;
  filter.boot = 2;
  EXPECT_EQ(Choose(filter), std::make_pair(int64_t{9500}, int64_t{9600}));
}

TEST_F(WindowTest, IsWhatTheFilterSaysAndEndsNow) {
  Record("a", 5, 10);
  Filter filter;
  filter.until_ns = kStartNs + 7 * kMs;
  EXPECT_EQ(Choose(filter), std::make_pair(int64_t{5}, int64_t{7}));
  filter.until_ns = kStartNs;  // before all
  EXPECT_EQ(Choose(filter), std::make_pair(int64_t{0}, int64_t{0}));
  filter.since_ns = kStartNs - 9 * kMs;
  EXPECT_EQ(Choose(filter), std::make_pair(int64_t{-9}, int64_t{0}));
  filter.until_ns.reset();
  EXPECT_EQ(Choose(filter), std::make_pair(int64_t{-9}, int64_t{3600'000}));
  filter.since_ns = kNowNs + 1;
  EXPECT_THAT(MessageOf<UsageError>([&] { Choose(filter); }),
              testing::HasSubstr("--since is after"));
}

TEST_F(WindowTest, BeforeAnotherIsAsLongAndTouchesIt) {
  const Window before = WindowBefore({1000, 1999});
  EXPECT_EQ(before.since_ns, 0);
  EXPECT_EQ(before.until_ns, 999);
  EXPECT_THAT(MessageOf<UsageError>([] {
                WindowBefore({1000, 2000});
              }),
              testing::HasSubstr("before 1970"));
}

TEST(Bins, TakeAForgedTimeIntoTheNearest) {
  const Bins bins = {1000, 10, 5};
  EXPECT_EQ(bins.Of(1000), 0U);
  EXPECT_EQ(bins.Of(1049), 4U);
  EXPECT_EQ(bins.Of(1050), 4U);
  EXPECT_EQ(bins.Of(999), 0U);
  EXPECT_EQ(bins.Of(std::numeric_limits<int64_t>::min()), 0U);
  EXPECT_EQ(bins.Of(std::numeric_limits<int64_t>::max()), 4U);
}

TEST(Bins, AreOfAWidthThatPeopleCountInAndCoverTheWindow) {
  constexpr size_t kMost = 30;
  const std::vector<std::pair<int64_t, int64_t>> cases = {
      {0, kMs},
      {29 * kMs, kMs},
      {31 * kMs, 2 * kMs},
      {kNsPerSecond, 50 * kMs},
      {60 * kNsPerSecond, 5 * kNsPerSecond},
      {3600 * kNsPerSecond, 300 * kNsPerSecond},
      {86'400 * kNsPerSecond, 3600 * kNsPerSecond},
      {7 * 86'400 * kNsPerSecond, 6 * 3600 * kNsPerSecond},
  };
  for (const auto& [length_ns, width_ns] : cases) {
    const Window window = {kStartNs, kStartNs + length_ns};
    const Bins bins = ChooseBins(window, kMost);
    EXPECT_EQ(bins.width_ns, width_ns) << length_ns;
    EXPECT_EQ(bins.first_ns % bins.width_ns, 0);
    EXPECT_EQ(bins.Of(window.since_ns), 0U);
    EXPECT_EQ(bins.Of(window.until_ns), bins.count - 1);
    EXPECT_LE(bins.count, kMost);
  }
  const Bins all = ChooseBins({0, std::numeric_limits<int64_t>::max()}, kMost);
  EXPECT_LE(all.count, kMost);
}

}  // namespace
}  // namespace forkdb
