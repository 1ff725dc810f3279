// Times as people write them. The only code that knows of calendars and zones.

#ifndef FORKDB_BASE_TIME_H_
#define FORKDB_BASE_TIME_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/duration.h"

namespace forkdb {

// A zone for turning local times into points in time.
enum class Zone { kLocal, kUtc };

// Reads a time as journalctl does; returns ns since the epoch.
//
//   2026-11-23 10:00:00.5   date and time; seconds may be left out, T may stand
//                           for the space; a Z or " UTC" at the end means UTC
//   2026-11-23              its midnight
//   10:00                   today
//   now, today, yesterday, tomorrow, yesterday 14:00
//   -1h, -1h30m, +5min, "2 hours ago"
//   @1764000000.5           seconds since the epoch
//
// Local times are of the zone in TZ, else of /etc/localtime, else UTC. now_ns
// is the time that relative ones count from. Throws UsageError, naming what is
// wrong, for anything else, for local times that a clock change makes ambiguous
// or skips, and for times outside 1970 to 2262.
int64_t ParseTime(std::string_view text, int64_t now_ns,
                  Zone zone = Zone::kLocal);

// "2026-11-23T10:00:00.000000000Z", as the view's time column has it.
std::string FormatUtc(int64_t time_ns);

// CLOCK_REALTIME.
int64_t RealtimeNow();

// CLOCK_BOOTTIME, which nobody can set.
int64_t BoottimeNow();

}  // namespace forkdb

#endif  // FORKDB_BASE_TIME_H_
