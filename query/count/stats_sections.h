// Counts as lists that people read.

#ifndef FORKDB_QUERY_COUNT_STATS_SECTIONS_H_
#define FORKDB_QUERY_COUNT_STATS_SECTIONS_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/count/count.h"
#include "query/filter/window.h"
#include "terminal/value.h"

namespace forkdb {

// One line of a list.
struct StatsEntry {
  Value name;
  std::optional<int64_t> pid;  // of a caller
  int64_t records = 0;
  // In the window before; nothing where there is no such thing.
  std::optional<int64_t> before;
};

struct StatsSection {
  std::string name;     // "users"
  std::string heading;  // of the names: "username"
  std::vector<StatsEntry> entries;
};

// The sections totals, rate, users, commands, flags, errnos and namespaces and,
// with rows, callers and seconds: the top ones, the largest first, but all of
// totals and rate. before is of the window before, or empty but for its bins.
std::vector<StatsSection> DescribeCounts(const Counts& now,
                                         const Counts& before, const Bins& bins,
                                         size_t top, bool has_rows,
                                         SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_STATS_SECTIONS_H_
