#include "base/time.h"

#include <date/date.h>
#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

#include "base/duration.h"
#include "base/local_zone.h"
#include "base/saturate.h"

namespace forkdb {

namespace {

// "2026-11-23T10:00:00.000000000", as if the seconds were UTC.
std::string FormatAt(int64_t time_ns, int64_t offset_s) {
  // Days are counted from whole seconds: the first ns that an int64_t holds is
  // of a day that does not begin within it.
  const auto second =
      date::floor<std::chrono::seconds>(std::chrono::nanoseconds(time_ns));
  const int64_t second_ns = Times(second.count(), kNsPerSecond);
  const uint64_t ns =
      static_cast<uint64_t>(time_ns) - static_cast<uint64_t>(second_ns);
  const date::sys_seconds shown(second + std::chrono::seconds(offset_s));
  return fmt::format("{}.{:09}", date::format("%FT%T", shown), ns);
}

// "+01:00", with seconds only if there are some; "Z" for UTC.
std::string FormatOffset(int64_t offset_s, const std::string& name) {
  if (offset_s == 0 && name == "UTC") return "Z";
  constexpr int64_t kMinute = 60, kHour = 3600;
  const int64_t size_s = std::abs(offset_s);
  std::string text = fmt::format("{}{:02}:{:02}", offset_s < 0 ? '-' : '+',
                                 size_s / kHour, size_s % kHour / kMinute);
  if (size_s % kMinute != 0) text += fmt::format(":{:02}", size_s % kMinute);
  return text;
}

int64_t ReadClock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

}  // namespace

std::string FormatUtc(int64_t time_ns) { return FormatAt(time_ns, 0) + "Z"; }

std::string FormatTime(int64_t time_ns, Zone zone) {
  if (zone == Zone::kUtc) return FormatUtc(time_ns);
  const int64_t time_s =
      date::floor<std::chrono::seconds>(std::chrono::nanoseconds(time_ns))
          .count();
  const int64_t offset_s = LocalOf(time_s) - time_s;
  return FormatAt(time_ns, offset_s) +
         FormatOffset(offset_s, ZoneNameAt(time_s));
}

bool HasUtcForm(std::string_view text) {
  return text.size() <= kUtcForm.size() &&
         std::equal(text.begin(), text.end(), kUtcForm.begin(),
                    [](char c, char form) {
                      return form == '0' ? c >= '0' && c <= '9' : c == form;
                    });
}

std::optional<int64_t> ParseUtc(std::string_view text) {
  if (text.size() != kUtcForm.size() || !HasUtcForm(text)) return std::nullopt;
  const auto number = [&](size_t begin, size_t size) {
    int value = 0;
    std::from_chars(text.data() + begin, text.data() + begin + size, value);
    return value;
  };
  const date::year_month_day day =
      date::year(number(0, 4)) /
      date::month(static_cast<unsigned>(number(5, 2))) /
      date::day(static_cast<unsigned>(number(8, 2)));
  const int hour = number(11, 2), minute = number(14, 2);
  const int second = number(17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const auto since_epoch =
      date::sys_days(day).time_since_epoch() + std::chrono::hours(hour) +
      std::chrono::minutes(minute) + std::chrono::seconds(second);
  int64_t time_ns = 0;
  if (__builtin_mul_overflow(std::chrono::seconds(since_epoch).count(),
                             kNsPerSecond, &time_ns) ||
      __builtin_add_overflow(time_ns, number(20, 9), &time_ns)) {
    return std::nullopt;
  }
  return time_ns;
}

int64_t RealtimeNow() { return ReadClock(CLOCK_REALTIME); }

int64_t BoottimeNow() { return ReadClock(CLOCK_BOOTTIME); }

}  // namespace forkdb
