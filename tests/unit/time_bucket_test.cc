#include "query/filter/time_bucket.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/time.h"
#include "query/print/group_printer.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

class TimeBucketTest : public testing::Test {
 protected:
  TimeBucketTest() { setenv("TZ", "Europe/Berlin", 1); }
  ~TimeBucketTest() override { unsetenv("TZ"); }

  // The bucket of a time in UTC.
  static std::string NameOf(const std::string& bucket, const std::string& utc,
                            Zone zone) {
    const TimeBucket* found = FindTimeBucket(bucket);
    const int64_t time_ns = ParseTime(utc, 0, Zone::kUtc);
    const int64_t part = time_ns / (found->part_s * kNsPerSecond);
    return BucketName(*found, BucketStart(*found, part, zone), zone);
  }
};

TEST_F(TimeBucketTest, BeginsInItsZone) {
  struct Case {
    const char* bucket;
    const char* utc;
    Zone zone;
    const char* name;
  };
  const std::vector<Case> cases = {
      {"second", "2026-11-23T22:59:07.5Z", Zone::kUtc, "2026-11-23T22:59:07Z"},
      {"minute", "2026-11-23T22:59:07Z", Zone::kUtc, "2026-11-23T22:59Z"},
      {"hour", "2026-11-23T22:59:07Z", Zone::kUtc, "2026-11-23T22:00Z"},
      {"day", "2026-11-23T22:59:07Z", Zone::kUtc, "2026-11-23"},
      {"minute", "2026-11-23T22:59:07Z", Zone::kLocal,
       "2026-11-23T23:59+01:00"},
      {"day", "2026-11-23T23:00:00Z", Zone::kLocal, "2026-11-24"},
      // Clocks are set back at 01:00 UTC: two hours have the same name.
      {"hour", "2026-10-25T00:30:00Z", Zone::kLocal, "2026-10-25T02:00+02:00"},
      {"hour", "2026-10-25T01:30:00Z", Zone::kLocal, "2026-10-25T02:00+01:00"},
      {"day", "2026-10-24T22:00:00Z", Zone::kLocal, "2026-10-25"},
      {"day", "2026-10-25T22:59:59Z", Zone::kLocal, "2026-10-25"},
      {"day", "2026-10-25T23:00:00Z", Zone::kLocal, "2026-10-26"}};
  for (const Case& each : cases) {
    EXPECT_EQ(NameOf(each.bucket, each.utc, each.zone), each.name) << each.utc;
  }
}

TEST_F(TimeBucketTest, IsALocalHourWhereOffsetsAreHalfHours) {
  setenv("TZ", "Asia/Kolkata", 1);
  EXPECT_EQ(NameOf("hour", "2026-11-23T10:29:00Z", Zone::kLocal),
            "2026-11-23T15:00+05:30");
  EXPECT_EQ(NameOf("hour", "2026-11-23T10:30:00Z", Zone::kLocal),
            "2026-11-23T16:00+05:30");
}

TEST_F(TimeBucketTest, GroupsAreAddedUpAndComeByTime) {
  const int64_t day =
      ParseTime("2026-10-25T00:00:00Z", 0, Zone::kUtc) / (60 * kNsPerSecond);
  const Groups groups = {{{day - 180, "a"}, 5},  // the day before
                         {{day, "a"}, 1},
                         {{day + 60, "a"}, 2},
                         {{day + 1440, "a"}, 4}};
  const auto printed = [&](const Shape& shape) {
    return Printed([&](std::FILE* stream) {
      Output output = {Format::kCsv, stream};
      output.zone = Zone::kLocal;
      PrintGroups(groups, {"day", "comm"}, shape, output);
    });
  };
  Shape shape;
  EXPECT_EQ(printed(shape),
            "day,comm,records\n2026-10-24,a,5\n2026-10-25,a,3\n"
            "2026-10-26,a,4\n");
  shape.limit = 2;
  shape.reverse = true;
  EXPECT_EQ(printed(shape),
            "day,comm,records\n2026-10-26,a,4\n2026-10-24,a,5\n");
}

}  // namespace
}  // namespace forkdb
