// Parses and formats times. Only this code knows calendars and time zones.

#ifndef FORKDB_BASE_TIME_H_
#define FORKDB_BASE_TIME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/duration.h"

namespace forkdb {

// The zone of times that are read without one, or printed.
enum class Zone { kLocal, kUtc };

// Parses a time as journalctl does. Returns ns since the epoch.
//
//   2026-11-23 10:00:00.5   date and time; seconds are optional, T may replace
//                           the space
//   2026-11-23              the first moment of that day
//   Nov 23 10:00:00         a log's time: the latest one until tomorrow
//   Mon Nov 23 10:00:00 AM CET 2026, Mon, 23 Nov 2026 10:00:00 +0100
//                           as date(1) prints it, in any order of words
//   10:00                   today
//   now, today, yesterday, tomorrow, yesterday 14:00
//   this-week, this-month, this-year
//                           the first moment of it; weeks begin on Monday
//   recent                  ten minutes ago
//   boot                    when the running kernel started
//   -1h, -1h30m, +5min, "2 hours ago"
//   @1764000000.5           seconds since the epoch
//
// A date or a time may end in its zone: UTC, GMT, Z, an offset such as +01:00,
// or the name of the local zone at that time. Without one, it is local
// (base/local_zone.h). Relative times count from now_ns. Throws UsageError for
// anything else, for local times that a clock change skips or repeats, for a
// wrong weekday, and for times outside 1970 to 2262.
int64_t ParseTime(std::string_view text, int64_t now_ns,
                  Zone zone = Zone::kLocal);

// "2026-11-23T10:00:00.000000000Z", like the column time of the view forks.
std::string FormatUtc(int64_t time_ns);

// The same in another zone: "2026-11-23T11:00:00.000000000+01:00". A local zone
// that is called UTC is written as Z. ParseTime() reads both.
std::string FormatTime(int64_t time_ns, Zone zone);

// The form of FormatUtc(), with 0 for each digit.
inline constexpr std::string_view kUtcForm = "0000-00-00T00:00:00.000000000Z";

// Whether the text has this form, or is the beginning of one that has.
bool HasUtcForm(std::string_view text);

// The time of a text that FormatUtc() wrote; nothing for any other text.
std::optional<int64_t> ParseUtc(std::string_view text);

// CLOCK_REALTIME.
int64_t RealtimeNow();

// CLOCK_BOOTTIME, which nobody can set.
int64_t BoottimeNow();

}  // namespace forkdb

#endif  // FORKDB_BASE_TIME_H_
