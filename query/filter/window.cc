#include "query/filter/window.h"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <limits>

#include "base/duration.h"
#include "base/error.h"
#include "base/saturate.h"
#include "store/record.h"

namespace forkdb {
namespace {

Window CoveredWindow(const std::optional<int64_t>& boot, int64_t now_ns,
                     SQLite::Database* database) {
  // The open blocks have no row that says so.
  SQLite::Statement find(
      *database,
      "WITH times AS (SELECT block, first_time_ns AS first, last_time_ns AS "
      "last FROM blocks UNION ALL SELECT o.block, min(r.time_ns), "
      "max(r.time_ns) FROM open_blocks AS o CROSS JOIN records AS r ON r.id "
      "BETWEEN o.block * ?2 AND o.block * ?2 + ?2 - 1 GROUP BY o.block) "
      "SELECT ifnull(min(first), ?4), ifnull(max(last), ?4) FROM times "
      "WHERE ?1 IS NULL OR block * ?2 / ?3 IN "
      "(SELECT id FROM streams WHERE boot = ?1)");
  if (boot) find.bind(1, *boot);
  find.bind(2, kBlockRecords);
  find.bind(3, kSeqLimit);
  find.bind(4, now_ns);
  find.executeStep();
  return {find.getColumn(0).getInt64(), find.getColumn(1).getInt64()};
}

}  // namespace

Window ChooseWindow(const Filter& filter, int64_t now_ns,
                    SQLite::Database* database) {
  Window window = CoveredWindow(filter.boot, now_ns, database);
  if (filter.since_ns) window = {*filter.since_ns, now_ns};
  if (filter.until_ns) window.until_ns = *filter.until_ns;
  if (window.until_ns >= window.since_ns) return window;
  if (filter.since_ns) {
    throw UsageError("--since is after --until or in the future");
  }
  return {window.until_ns, window.until_ns};  // before all that is recorded
}

Filter InWindow(Filter filter, const Window& window) {
  if (filter.since_ns || filter.until_ns) {
    filter.since_ns = window.since_ns;
    filter.until_ns = window.until_ns;
  }
  return filter;
}

Window AskedWindow(const Filter& filter, const Window& window, int64_t now_ns) {
  return {window.since_ns, filter.since_ns && !filter.until_ns
                               ? std::max(window.until_ns, now_ns)
                               : window.until_ns};
}

Window WindowBefore(const Window& window) {
  const int64_t length_ns = Minus(window.until_ns, window.since_ns);
  if (window.since_ns <= length_ns) {
    throw UsageError(
        "--compare: the time to compare with would begin before 1970");
  }
  return {window.since_ns - length_ns - 1, window.since_ns - 1};
}

size_t Bins::Of(int64_t time_ns) const {
  if (time_ns <= first_ns) return 0;
  // Unsigned: the difference may be greater than a signed number holds.
  const uint64_t since_first_ns =
      static_cast<uint64_t>(time_ns) - static_cast<uint64_t>(first_ns);
  return std::min<size_t>(since_first_ns / static_cast<uint64_t>(width_ns),
                          count - 1);
}

Bins ChooseBins(const Window& window, size_t most) {
  constexpr int64_t kMs = kNsPerSecond / 1000;
  constexpr int64_t kMinute = 60 * kNsPerSecond;
  constexpr int64_t kHour = 60 * kMinute;
  constexpr int64_t kDay = 24 * kHour;
  Bins bins;
  const auto fits = [&](int64_t width_ns) {
    bins.width_ns = width_ns;
    bins.first_ns = window.since_ns / width_ns * width_ns;
    bins.count = std::numeric_limits<size_t>::max();
    bins.count = bins.Of(window.until_ns) + 1;
    return bins.count <= most;
  };
  for (const int64_t width_ns : {kMs,
                                 2 * kMs,
                                 5 * kMs,
                                 10 * kMs,
                                 20 * kMs,
                                 50 * kMs,
                                 100 * kMs,
                                 200 * kMs,
                                 500 * kMs,
                                 kNsPerSecond,
                                 2 * kNsPerSecond,
                                 5 * kNsPerSecond,
                                 10 * kNsPerSecond,
                                 15 * kNsPerSecond,
                                 30 * kNsPerSecond,
                                 kMinute,
                                 2 * kMinute,
                                 5 * kMinute,
                                 10 * kMinute,
                                 15 * kMinute,
                                 30 * kMinute,
                                 kHour,
                                 2 * kHour,
                                 3 * kHour,
                                 6 * kHour,
                                 12 * kHour,
                                 kDay,
                                 2 * kDay,
                                 7 * kDay,
                                 14 * kDay,
                                 30 * kDay}) {
    if (fits(width_ns)) return bins;
  }
  int64_t width_ns = 90 * kDay;
  while (!fits(width_ns) && width_ns < kHighest) width_ns = Times(width_ns, 2);
  return bins;
}

}  // namespace forkdb
