// Turns counts into lists for people.

#ifndef FORKDB_QUERY_COUNT_STATS_SECTIONS_H_
#define FORKDB_QUERY_COUNT_STATS_SECTIONS_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "query/count/count.h"
#include "query/filter/window.h"
#include "terminal/value.h"

namespace forkdb {

// One line of a list.
struct StatsEntry {
  Value name;
  int64_t records = 0;
  // The records in the window before; nothing in the section seconds.
  std::optional<int64_t> before;
  // Which records are counted: those with one of these ids in the section's
  // column of records; in the section seconds, those of this second. Empty in
  // the sections totals, rate and callers.
  std::vector<int64_t> ids;
  std::optional<Caller> caller;  // only in the section callers

  std::optional<int64_t> pid() const {
    return caller ? std::optional(std::get<1>(*caller)) : std::nullopt;
  }
};

struct StatsSection {
  std::string name;     // "users"
  std::string heading;  // of the column of names: "username"
  std::vector<StatsEntry> entries;
};

// Returns the sections totals, rate, users, commands, flags, errnos and
// namespaces and, if has_rows, callers and seconds. Each has its top entries,
// the largest first; totals and rate have all. before has the counts of the
// window before; without one, only bins, which are 0.
std::vector<StatsSection> DescribeCounts(const Counts& now,
                                         const Counts& before, const Bins& bins,
                                         size_t top, bool has_rows,
                                         SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_STATS_SECTIONS_H_
