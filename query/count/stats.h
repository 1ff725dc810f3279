// Statistics of a window of history, for `forkdb stats`.

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
  size_t top = 10;       // entries of each list
  size_t bins = 30;      // at most, in the section rate
  // About the most records to read one by one if blocks can be counted instead.
  int64_t most_rows = 1'000'000;
  bool is_recording = false;  // as for FindDowntimes()
};

struct Stats {
  Window window;
  std::optional<Window> before;
  Losses missing;  // of both windows
  int64_t records = 0;
  // False if blocks were counted: the sections callers and seconds are missing.
  bool has_rows = false;
  std::vector<StatsSection> sections;
};

// Counts the records of the filter in its window (ChooseWindow()). Inside one
// transaction. Throws UsageError if the filter or the window is wrong.
Stats ReadStats(const StatsOptions& options, int64_t now_ns,
                SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_STATS_H_
