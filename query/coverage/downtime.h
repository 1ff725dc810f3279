// The times at which nothing was recorded.

#ifndef FORKDB_QUERY_COVERAGE_DOWNTIME_H_
#define FORKDB_QUERY_COVERAGE_DOWNTIME_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/filter/window.h"

namespace forkdb {

// A row of the view downtimes. One without an end is what comes after the last
// stream while no recorder runs. Times are in ns since the epoch.
struct Downtime {
  int64_t began_ns = 0;
  std::optional<int64_t> ended_ns;
  std::string what;  // "machine off"
};

// Those that overlap a window.
struct Downtimes {
  int64_t count = 0;
  std::vector<Downtime> longest;  // at most as many as were asked for
};

// boot is the id of a boots row, nothing for all. is_recording says that a
// recorder still watches: then there is none after the last stream. To be used
// inside one transaction. Throws SQLite::Exception.
Downtimes FindDowntimes(const Window& window,
                        const std::optional<int64_t>& boot, bool is_recording,
                        size_t most, SQLite::Database* database);

// "nothing recorded from … to … (machine off)", a line each; the last one says
// how many more there are.
std::vector<std::string> Describe(const Downtimes& downtimes);

// "2026-11-23T10:00:00.000000000Z/2026-11-23T10:00:08.000000000Z", as ISO 8601
// writes an interval; ".." stands for an end that is not known.
std::string FormatInterval(const std::optional<int64_t>& began_ns,
                           const std::optional<int64_t>& ended_ns);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COVERAGE_DOWNTIME_H_
