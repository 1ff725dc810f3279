// What a window of history looks like: `forkdb stats`.

#ifndef FORKDB_QUERY_COUNT_STATS_H_
#define FORKDB_QUERY_COUNT_STATS_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "query/count/stats_sections.h"
#include "query/coverage/losses.h"
#include "query/filter/filter.h"
#include "query/filter/window.h"

namespace forkdb {

struct StatsOptions {
  Filter filter;
  bool compare = false;  // with the window before; needs filter.since_ns
  size_t top = 10;       // of each list
  size_t bins = 30;      // of the section rate, at most
  // More records than about this are counted by blocks, where they can be.
  int64_t most_rows = 1'000'000;
  bool is_recording = false;  // as for FindDowntimes()
};

struct Stats {
  Window window;
  std::optional<Window> before;
  Losses missing;  // of both windows
  int64_t records = 0;
  // False where callers and seconds were left out, for no block counts them.
  bool has_rows = false;
  std::vector<StatsSection> sections;
};

// Counts what the filter asks for in its window (ChooseWindow()). To be used
// inside one transaction. Throws UsageError.
Stats ReadStats(const StatsOptions& options, int64_t now_ns,
                SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_STATS_H_
