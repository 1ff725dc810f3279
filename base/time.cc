#include "base/time.h"

#include <date/date.h>
#include <date/tz.h>
#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "base/duration.h"
#include "base/error.h"
#include "base/saturate.h"

namespace forkdb {
namespace {

using std::chrono::nanoseconds;
using SysNs = date::sys_time<nanoseconds>;
using LocalNs = date::local_time<nanoseconds>;

bool ConsumePrefix(std::string_view prefix, std::string_view* text) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

bool ConsumeSuffix(std::string_view suffix, std::string_view* text) {
  if (text->size() < suffix.size() ||
      text->substr(text->size() - suffix.size()) != suffix) {
    return false;
  }
  text->remove_suffix(suffix.size());
  return true;
}

UsageError BadTime(std::string_view text, std::string_view reason) {
  return UsageError(fmt::format(
      "time '{}': {}; write \"2026-11-23 10:00\", \"yesterday\", \"-1h\" or "
      "\"@1764000000\"",
      text, reason));
}

const date::time_zone* LocalZone() {
  try {
    // No other thread runs yet.
    const char* name = std::getenv("TZ");  // NOLINT(concurrency-mt-unsafe)
    if (name != nullptr && *name != '\0') {
      return date::locate_zone(*name == ':' ? name + 1 : name);
    }
    return date::current_zone();
  } catch (const std::runtime_error&) {
    return nullptr;  // no time zone database: UTC
  }
}

SysNs ToSys(LocalNs local, const date::time_zone* zone, std::string_view text) {
  if (zone == nullptr) return SysNs(local.time_since_epoch());
  const date::local_info info = zone->get_info(local);
  if (info.result == date::local_info::nonexistent) {
    throw BadTime(text,
                  fmt::format("a clock change in {} skipped it", zone->name()));
  }
  if (info.result == date::local_info::ambiguous) {
    throw BadTime(text, fmt::format("a clock change in {} made it happen twice "
                                    "(add UTC and say it in UTC)",
                                    zone->name()));
  }
  return SysNs(local.time_since_epoch() - info.first.offset);
}

LocalNs ToLocal(SysNs time, const date::time_zone* zone) {
  if (zone == nullptr) return LocalNs(time.time_since_epoch());
  return zone->to_local(time);
}

template <typename Result>
bool Matches(std::string_view text, const char* format, Result* result) {
  std::istringstream stream{std::string(text)};
  stream >> date::parse(format, *result);
  return !stream.fail() && (stream.eof() || stream.peek() == EOF);
}

// Removes a number below limit, of at most two digits, from the start of text.
std::optional<int64_t> ConsumeBelow(int64_t limit, std::string_view* text) {
  const size_t digits =
      std::min(text->find_first_not_of("0123456789"), text->size());
  if (digits == 0 || digits > 2) return std::nullopt;
  int64_t number = 0;
  std::from_chars(text->data(), text->data() + digits, number);
  text->remove_prefix(digits);
  if (number >= limit) return std::nullopt;
  return number;
}

// Parses "10:00" or "10:00:30.5". date's parser accepts 25:00, and overflows on
// many digits.
std::optional<nanoseconds> TimeOfDay(std::string_view text) {
  const std::optional<int64_t> hours = ConsumeBelow(24, &text);
  if (!hours || !ConsumePrefix(":", &text)) return std::nullopt;
  const std::optional<int64_t> minutes = ConsumeBelow(60, &text);
  if (!minutes) return std::nullopt;
  int64_t seconds_ns = 0;
  if (!text.empty()) {
    if (!ConsumePrefix(":", &text)) return std::nullopt;
    const std::optional<int64_t> ns = ConsumeDecimal(kNsPerSecond, &text);
    if (!ns || *ns >= 60 * kNsPerSecond || !text.empty()) return std::nullopt;
    seconds_ns = *ns;
  }
  return nanoseconds((*hours * 60 + *minutes) * 60 * kNsPerSecond + seconds_ns);
}

// Removes a date or the name of a day from the start of text. Returns its
// midnight.
std::optional<date::local_days> ConsumeDay(date::local_days today,
                                           std::string_view* text) {
  if (ConsumePrefix("today", text)) return today;
  if (ConsumePrefix("yesterday", text)) return today - date::days(1);
  if (ConsumePrefix("tomorrow", text)) return today + date::days(1);
  constexpr size_t kDateLength = 10;
  date::local_days day;
  if (text->size() < kDateLength ||
      !Matches(text->substr(0, kDateLength), "%Y-%m-%d", &day)) {
    return std::nullopt;
  }
  text->remove_prefix(kDateLength);
  if (!text->empty() && text->front() != 'T' && text->front() != ' ') {
    return std::nullopt;
  }
  if (text->size() > 1) text->remove_prefix(1);
  return day;
}

// Parses a time relative to now, such as "-1h" or "2 hours ago".
std::optional<int64_t> RelativeTime(std::string_view text, int64_t now_ns) {
  int sign = 0;
  if (ConsumePrefix("-", &text) || ConsumeSuffix(" ago", &text)) {
    sign = -1;
  } else if (ConsumePrefix("+", &text)) {
    sign = 1;
  } else {
    return std::nullopt;
  }
  const std::optional<int64_t> distance_ns = ReadDuration(text, 0);
  if (!distance_ns) return std::nullopt;
  int64_t time_ns = 0;
  if (__builtin_add_overflow(now_ns, sign * *distance_ns, &time_ns)) {
    return std::nullopt;
  }
  return time_ns;
}

}  // namespace

int64_t ParseTime(std::string_view text, int64_t now_ns, Zone zone) {
  const std::string_view whole = TrimBlanks(text);
  std::string_view rest = whole;
  if (rest == "now") return now_ns;
  if (ConsumePrefix("@", &rest)) {
    const std::optional<int64_t> time_ns = ConsumeDecimal(kNsPerSecond, &rest);
    if (!time_ns || !rest.empty())
      throw BadTime(whole, "not seconds after the @");
    return *time_ns;
  }
  if (const std::optional<int64_t> time_ns = RelativeTime(rest, now_ns)) {
    if (*time_ns < 0) throw BadTime(whole, "it is before 1970");
    return *time_ns;
  }
  const bool utc = ConsumeSuffix("UTC", &rest) || ConsumeSuffix("Z", &rest);
  const date::time_zone* time_zone =
      utc || zone == Zone::kUtc ? nullptr : LocalZone();
  const auto today =
      date::floor<date::days>(ToLocal(SysNs(nanoseconds(now_ns)), time_zone));
  rest = TrimBlanks(rest);
  const std::optional<date::local_days> day = ConsumeDay(today, &rest);
  rest = TrimBlanks(rest);
  const std::optional<nanoseconds> time_of_day =
      day && rest.empty() ? nanoseconds(0) : TimeOfDay(rest);
  if (!time_of_day) throw BadTime(whole, "not a time");
  const date::year year = date::year_month_day(day.value_or(today)).year();
  if (year < date::year(1970) || year > date::year(2261)) {
    throw BadTime(whole, "it is not between 1970 and 2262");
  }
  const LocalNs local = day.value_or(today) + *time_of_day;
  const int64_t time_ns =
      ToSys(local, time_zone, whole).time_since_epoch().count();
  if (time_ns < 0) throw BadTime(whole, "it is before 1970");
  return time_ns;
}

std::string FormatUtc(int64_t time_ns) {
  // Use whole seconds: the midnight before INT64_MIN ns does not fit into an
  // int64_t.
  const auto second = date::floor<std::chrono::seconds>(nanoseconds(time_ns));
  const int64_t second_ns = Times(second.count(), kNsPerSecond);
  const uint64_t ns =
      static_cast<uint64_t>(time_ns) - static_cast<uint64_t>(second_ns);
  return fmt::format("{}.{:09}Z",
                     date::format("%FT%T", date::sys_seconds(second)), ns);
}

namespace {

int64_t ReadClock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

}  // namespace

int64_t RealtimeNow() { return ReadClock(CLOCK_REALTIME); }

int64_t BoottimeNow() { return ReadClock(CLOCK_BOOTTIME); }

}  // namespace forkdb
