#include "base/time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// 2026-11-23T12:00:00Z, a Monday, 13:00 in Berlin.
constexpr int64_t kNowNs = 1'795'435'200 * kNsPerSecond;

class Time : public testing::Test {
 protected:
  Time() { SetZone("Europe/Berlin"); }
  ~Time() override { unsetenv("TZ"); }

  static void SetZone(const char* zone) { setenv("TZ", zone, 1); }

  static std::string Utc(const std::string& text, Zone zone = Zone::kLocal) {
    return FormatUtc(ParseTime(text, kNowNs, zone));
  }

  static std::string Refusal(const std::string& text) {
    return MessageOf<UsageError>([&] { ParseTime(text, kNowNs); });
  }
};

TEST_F(Time, IsReadInEveryFormOfTheHeader) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"2026-11-23 10:00:00.5", "2026-11-23T09:00:00.500000000Z"},
      {"2026-11-23 10:00:00", "2026-11-23T09:00:00.000000000Z"},
      {"2026-11-23 10:00", "2026-11-23T09:00:00.000000000Z"},
      {"2026-11-23T10:00", "2026-11-23T09:00:00.000000000Z"},
      {"2026-11-23T10:00:00Z", "2026-11-23T10:00:00.000000000Z"},
      {"2026-11-23T10:00:00.123456789Z", "2026-11-23T10:00:00.123456789Z"},
      {"2026-11-23 10:00 UTC", "2026-11-23T10:00:00.000000000Z"},
      {"2026-07-01 10:00", "2026-07-01T08:00:00.000000000Z"},
      {"2026-11-23", "2026-11-22T23:00:00.000000000Z"},
      {"2026-11-23 UTC", "2026-11-23T00:00:00.000000000Z"},
      {"10:00", "2026-11-23T09:00:00.000000000Z"},
      {"10:00:30", "2026-11-23T09:00:30.000000000Z"},
      {"10:00 UTC", "2026-11-23T10:00:00.000000000Z"},
      {"now", "2026-11-23T12:00:00.000000000Z"},
      {"today", "2026-11-22T23:00:00.000000000Z"},
      {"yesterday", "2026-11-21T23:00:00.000000000Z"},
      {"tomorrow", "2026-11-23T23:00:00.000000000Z"},
      {"yesterday 14:00", "2026-11-22T13:00:00.000000000Z"},
      {"-1h", "2026-11-23T11:00:00.000000000Z"},
      {"-1h30m", "2026-11-23T10:30:00.000000000Z"},
      {"- 1h 30min", "2026-11-23T10:30:00.000000000Z"},
      {"+5min", "2026-11-23T12:05:00.000000000Z"},
      {"2 hours ago", "2026-11-23T10:00:00.000000000Z"},
      {"-1.5s", "2026-11-23T11:59:58.500000000Z"},
      {"@1795435200.25", "2026-11-23T12:00:00.250000000Z"},
      {"@0", "1970-01-01T00:00:00.000000000Z"},
      {"  2026-11-23 10:00  ", "2026-11-23T09:00:00.000000000Z"},
      {"2026-11-23Z", "2026-11-23T00:00:00.000000000Z"},
      {"1970-01-01", "1970-01-01T00:00:00.000000000Z"},
      // date -Is, --rfc-3339, -R, and by itself in several locales
      {"2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00.000000000Z"},
      {"2026-11-23 10:00:00.25-03:30", "2026-11-23T13:30:00.250000000Z"},
      {"Mon, 23 Nov 2026 10:00:00 +0100", "2026-11-23T09:00:00.000000000Z"},
      {"Mon Nov 23 10:00:00 CET 2026", "2026-11-23T09:00:00.000000000Z"},
      {"Mon Nov 23 10:00:00 AM CET 2026", "2026-11-23T09:00:00.000000000Z"},
      {"Mon 23 Nov 12:30:00 AM UTC 2026", "2026-11-23T00:30:00.000000000Z"},
      {"Monday 23 November 2026 01:00:00 PM UTC",
       "2026-11-23T13:00:00.000000000Z"},
      // systemd's, and syslog's
      {"Mon 2026-11-23 10:00:00 CET", "2026-11-23T09:00:00.000000000Z"},
      {"Nov 23 10:00:00", "2026-11-23T09:00:00.000000000Z"},
      {"Nov 24 10:00:00", "2026-11-24T09:00:00.000000000Z"},
      {"Dec  1 10:00:00", "2025-12-01T09:00:00.000000000Z"},
      {"2026-10-25 02:30 CEST", "2026-10-25T00:30:00.000000000Z"},
      {"2026-10-25 02:30 CET", "2026-10-25T01:30:00.000000000Z"},
      {"10:00+01", "2026-11-23T09:00:00.000000000Z"},
      {"today UTC", "2026-11-23T00:00:00.000000000Z"},
  };
  for (const auto& [text, utc] : cases) EXPECT_EQ(Utc(text), utc) << text;
}

TEST_F(Time, TakesTheWordsOfAusearch) {
  const std::pair<const char*, const char*> cases[] = {
      {"recent", "2026-11-23T11:50:00.000000000Z"},
      {"this-week", "2026-11-22T23:00:00.000000000Z"},
      {"this-month", "2026-10-31T23:00:00.000000000Z"},
      {"this-year", "2025-12-31T23:00:00.000000000Z"},
      {"this-month 06:00", "2026-11-01T05:00:00.000000000Z"}};
  for (const auto& [text, utc] : cases) EXPECT_EQ(Utc(text), utc) << text;
  const int64_t before_ns = BoottimeNow();
  const int64_t boot_ns = ParseTime("boot", kNowNs);
  EXPECT_LE(boot_ns, kNowNs - before_ns);
  EXPECT_GE(boot_ns, kNowNs - BoottimeNow());
  for (const char* text : {"this-day", "this-week today", "recent 10:00",
                           "this-week this-month", "boot UTC"}) {
    EXPECT_THAT(Refusal(text), HasSubstr("not a time")) << text;
  }
}

TEST_F(Time, IsPrintedInTheLocalZoneSoThatItIsReadAgain) {
  constexpr int64_t kHalfNs = 500'000'000;
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"Europe/Berlin", "2026-11-23T09:00:00Z",
       "2026-11-23T10:00:00.500000000+01:00"},
      {"Europe/Berlin", "2026-10-25T00:30:00Z",
       "2026-10-25T02:30:00.500000000+02:00"},
      {"Europe/Berlin", "2026-10-25T01:30:00Z",
       "2026-10-25T02:30:00.500000000+01:00"},
      {"America/New_York", "2026-01-01T02:00:00Z",
       "2025-12-31T21:00:00.500000000-05:00"},
      {"XXX-5:45", "1970-01-01T00:00:00Z",
       "1970-01-01T05:45:00.500000000+05:45"},
      {"Europe/London", "2026-01-01T00:00:00Z",
       "2026-01-01T00:00:00.500000000+00:00"},
      {"UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.500000000Z"}};
  for (const auto& [zone, utc, printed] : cases) {
    SetZone(zone);
    const int64_t time_ns = ParseTime(utc, kNowNs) + kHalfNs;
    EXPECT_EQ(FormatTime(time_ns, Zone::kLocal), printed) << zone;
    EXPECT_EQ(ParseTime(printed, kNowNs), time_ns) << printed;
    EXPECT_EQ(FormatTime(time_ns, Zone::kUtc), FormatUtc(time_ns));
  }
}

TEST_F(Time, OfTheViewIsReadInThatFormAlone) {
  for (const int64_t time_ns :
       {int64_t{0}, kNowNs, std::numeric_limits<int64_t>::max(),
        int64_t{1'456'704'000'000'000'001}}) {
    EXPECT_EQ(ParseUtc(FormatUtc(time_ns)), time_ns);
  }
  for (const char* text :
       {"", "2026-11-23T10:00:00Z", "2026-11-23T10:00:00.00000000Z",
        "2026-11-23 10:00:00.000000000Z", "2026-11-23T10:00:00.000000000+",
        "2026-02-30T10:00:00.000000000Z", "2026-11-23T24:00:00.000000000Z",
        "2026-11-23T-1:00:00.000000000Z", "9999-11-23T10:00:00.000000000Z",
        "2026-11-23T10:00:00.00000000xZ", "2026-00-00T10:00:00.000000000Z"}) {
    EXPECT_EQ(ParseUtc(text), std::nullopt) << text;
  }
}

TEST_F(Time, IsUtcWhereTheCallerSaysSo) {
  EXPECT_EQ(Utc("2026-11-23 10:00", Zone::kUtc),
            "2026-11-23T10:00:00.000000000Z");
  EXPECT_EQ(Utc("today", Zone::kUtc), "2026-11-23T00:00:00.000000000Z");
}

TEST_F(Time, FollowsTheZoneOfTheEnvironment) {
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"UTC", "2026-11-23T10:00:00.000000000Z"},
      {":Europe/Berlin", "2026-11-23T09:00:00.000000000Z"},
      {"America/New_York", "2026-11-23T15:00:00.000000000Z"},
      {"Asia/Kolkata", "2026-11-23T04:30:00.000000000Z"},
      {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-11-23T09:00:00.000000000Z"},
      {"/usr/share/zoneinfo/Europe/Berlin", "2026-11-23T09:00:00.000000000Z"},
      {"", "2026-11-23T10:00:00.000000000Z"},
  };
  for (const auto& [zone, utc] : cases) {
    SetZone(zone);
    EXPECT_EQ(Utc("2026-11-23 10:00"), utc) << zone;
  }
}

TEST_F(Time, CountsTodayInTheLocalZone) {
  SetZone("Pacific/Auckland");  // already the 24th
  EXPECT_EQ(Utc("today"), "2026-11-23T11:00:00.000000000Z");
}

TEST_F(Time, OfADayIsItsFirstMoment) {
  const std::vector<std::array<const char*, 3>> cases = {
      // Midnight is skipped.
      {"Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00.000000000Z"},
      {"America/Santiago", "2026-09-06", "2026-09-06T04:00:00.000000000Z"},
      // Midnight comes twice.
      {"America/Havana", "2026-11-01", "2026-11-01T04:00:00.000000000Z"},
  };
  for (const auto& [zone, day, utc] : cases) {
    SetZone(zone);
    EXPECT_EQ(Utc(day), utc) << zone;
  }
}

TEST_F(Time, ThatAClockChangeSkippedIsRefused) {
  EXPECT_THAT(Refusal("2026-03-29 02:30"),
              AllOf(HasSubstr("2026-03-29 02:30"), HasSubstr("skips"),
                    HasSubstr("clock change")));
  EXPECT_EQ(Utc("2026-03-29 01:59"), "2026-03-29T00:59:00.000000000Z");
  EXPECT_EQ(Utc("2026-03-29 03:00"), "2026-03-29T01:00:00.000000000Z");
}

TEST_F(Time, ThatAClockChangeMadeHappenTwiceIsRefused) {
  EXPECT_THAT(Refusal("2026-10-25 02:30"),
              AllOf(HasSubstr("2026-10-25 02:30"), HasSubstr("twice"),
                    HasSubstr("add CEST or CET")));
  EXPECT_EQ(Utc("2026-10-25 02:30 UTC"), "2026-10-25T02:30:00.000000000Z");
}

TEST_F(Time, ThatIsNoTimeIsRefusedWithItsText) {
  for (const char* text : {"",
                           " ",
                           "x",
                           "noon",
                           "nowhere",
                           "today x",
                           "yesterdayish",
                           "2026",
                           "2026-11",
                           "2026-1-3",
                           "2026-11-3",
                           "2026-11-23x",
                           "2026-11-23Tx",
                           "2026-11-23T",
                           "2026-13-01",
                           "2026-02-30",
                           "2026-11-31",
                           "2026-11-23 24:00",
                           "2026-11-23 25:00",
                           "2026-11-23 10:60",
                           "2026-11-23 10:00:61",
                           "2026-11-23 10",
                           "2026-11-23 10:00 CEST",
                           "2026-11-23 10:00 cet",
                           "2026-11-23 10:00+1",
                           "2026-11-23 10:00+19:00",
                           "2026-11-23 10:00+01:60",
                           "2026-11-23 10:00 UTC UTC",
                           "2026-11-23 2026-11-23",
                           "10:00 11:00",
                           "today Nov 23",
                           "Nov",
                           "Nov 31",
                           "Mon",
                           "Tue 2026-11-23",
                           "13:00 PM",
                           "PM",
                           "UTC",
                           "10:00x",
                           "010:00",
                           "10:000",
                           "10:00:011111111611010000",
                           "10:00:30.",
                           "10:",
                           ":10",
                           "1",
                           "-",
                           "+",
                           "-1",
                           "-h",
                           "-1x",
                           "--1h",
                           "-1h-1m",
                           "1 hour",
                           "ago",
                           " ago",
                           "@",
                           "@x",
                           "@-1",
                           "@-0",
                           "@1x",
                           "@1.",
                           "@9223372037",
                           "@99999999999999999999",
                           "1969-12-31",
                           "2262-01-01",
                           "9999-01-01",
                           "-100y",
                           "+293y",
                           "+292y",
                           "-99999999999999999999h"}) {
    EXPECT_THAT(Refusal(text), testing::StartsWith("time '")) << text;
  }
  EXPECT_THAT(Refusal("1970-01-01 00:30"), HasSubstr("before 1970"));
  EXPECT_THAT(Refusal("Tue 2026-11-23"), HasSubstr("that day is a Monday"));
}

TEST(Duration, IsReadWithItsUnits) {
  const std::vector<std::pair<std::string, int64_t>> cases = {
      {"1", kNsPerSecond},
      {"1.5", 1'500'000'000},
      {"0", 0},
      {"1s", kNsPerSecond},
      {"1.5s", 1'500'000'000},
      {"200ms", 200'000'000},
      {"7us", 7'000},
      {"3ns", 3},
      {"1min", 60 * kNsPerSecond},
      {"1h30min", 5400 * kNsPerSecond},
      {"1h 30 min", 5400 * kNsPerSecond},
      {"2 days", 172'800 * kNsPerSecond},
      {"1w", 604'800 * kNsPerSecond},
      {"1M", 2'630'016 * kNsPerSecond},
      {"1y", 31'557'600 * kNsPerSecond},
      {" 1s ", kNsPerSecond},
  };
  for (const auto& [text, ns] : cases)
    EXPECT_EQ(ParseDuration(text), ns) << text;
}

TEST(Duration, ThatIsNoneIsRefused) {
  for (const char* text :
       {"", " ", "s", "-1s", "-0s", "+1s", "1x", "1S", "1 s s", "1s,2s", ".5s",
        "1.s", "1e3", "0x1s", "nan", "inf", "300y", "9223372037s",
        "99999999999999999999"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { ParseDuration(text); }),
                testing::StartsWith("duration '"))
        << text;
  }
}

TEST(FormatUtc, TakesAnyNumber) {
  EXPECT_EQ(FormatUtc(std::numeric_limits<int64_t>::min()).substr(0, 19),
            "1677-09-21T00:12:43");
  EXPECT_EQ(FormatUtc(std::numeric_limits<int64_t>::max()),
            "2262-04-11T23:47:16.854775807Z");
  EXPECT_EQ(FormatUtc(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(FormatUtc(0), "1970-01-01T00:00:00.000000000Z");
}

}  // namespace
}  // namespace forkdb
