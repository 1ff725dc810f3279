#include "query/count/stats.h"

#include <utility>

#include "base/error.h"
#include "base/saturate.h"
#include "query/count/stats_sections.h"
#include "query/search/search.h"

namespace forkdb {
namespace {

Counts CountWindow(const StatsOptions& options, const Window& window,
                   const Bins& bins, SQLite::Database* database) {
  return Count(Search(database, InWindow(options.filter, window)), bins,
               options.most_rows);
}

}  // namespace

Stats ReadStats(const StatsOptions& options, int64_t now_ns,
                SQLite::Database* database) {
  if (options.compare && !options.filter.since_ns) {
    throw UsageError(
        "--compare compares with the time before --since: add --since");
  }
  Stats stats;
  stats.window = ChooseWindow(options.filter, now_ns, database);
  const Bins bins = ChooseBins(stats.window, options.bins);
  const Counts now = CountWindow(options, stats.window, bins, database);
  Counts before;
  before.bins.resize(bins.count);
  if (options.compare) {
    stats.before = WindowBefore(stats.window);
    // Shifts the bins, so that each has its partner in the window before.
    Bins shifted = bins;
    shifted.first_ns = Minus(
        shifted.first_ns, Minus(stats.window.since_ns, stats.before->since_ns));
    before = CountWindow(options, *stats.before, shifted, database);
  }
  Window asked = stats.window;
  if (stats.before) asked.since_ns = stats.before->since_ns;
  stats.missing =
      FindLosses(AskedWindow(options.filter, asked, now_ns),
                 options.filter.boot, options.is_recording, database);
  stats.records = now.records;
  stats.has_rows = now.has_rows && (!options.compare || before.has_rows);
  stats.sections =
      DescribeCounts(now, before, bins, options.top, stats.has_rows, database);
  return stats;
}

}  // namespace forkdb
