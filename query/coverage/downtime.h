// Periods in which nothing was recorded.

#ifndef FORKDB_QUERY_COVERAGE_DOWNTIME_H_
#define FORKDB_QUERY_COVERAGE_DOWNTIME_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "query/filter/window.h"

namespace forkdb {

// A row of the view downtimes, in ns since the epoch. Without an end, it is the
// time since the last stream while no recorder runs.
struct Downtime {
  int64_t began_ns = 0;
  std::optional<int64_t> ended_ns;
  std::string what;  // "machine off"
};

// The downtimes that overlap a window.
struct Downtimes {
  int64_t count = 0;
  std::vector<Downtime> longest;  // at most `most`, by time
};

// boot is the id of a boots row; nullopt means all boots. If is_recording, a
// recorder is running, and no downtime follows the last stream. Must be called
// inside a transaction. Throws SQLite::Exception.
Downtimes FindDowntimes(const Window& window,
                        const std::optional<int64_t>& boot, bool is_recording,
                        size_t most, SQLite::Database* database);

// A line "nothing recorded from … to … (machine off)" per downtime, and a line
// with the number of the others. Times are in the zone.
std::vector<std::string> Describe(const Downtimes& downtimes, Zone zone);

// "2026-11-23T10:00:00.000000000Z/2026-11-23T10:00:08.000000000Z", an interval
// in ISO 8601. ".." stands for an unknown end.
std::string FormatInterval(const std::optional<int64_t>& began_ns,
                           const std::optional<int64_t>& ended_ns);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COVERAGE_DOWNTIME_H_
