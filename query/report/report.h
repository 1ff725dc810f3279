// The report of `forkdb export --html` on a window of history: totals,
// breakdowns and the largest families. Bounded in size, so that browsers can
// show it for any history.

#ifndef FORKDB_QUERY_REPORT_REPORT_H_
#define FORKDB_QUERY_REPORT_REPORT_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/count/bin_counts.h"
#include "query/count/stats.h"
#include "query/coverage/downtime.h"
#include "query/filter/filter.h"
#include "query/filter/window.h"
#include "query/report/family.h"
#include "terminal/value.h"

namespace forkdb {

struct ReportOptions {
  Filter filter;
  size_t top = 15;    // entries per list
  size_t kept = 40;   // entries to choose from for a part of the time
  size_t bins = 720;  // maximum on the timeline
  FamilyLimits family;
  int64_t failures = 200;
  int64_t gaps = 500;
  size_t downtimes = 500;
  bool is_recording = false;  // as for FindDowntimes()
  int64_t boots = 20;
};

// Failed calls over time.
struct FailureRate {
  std::string error;  // "EAGAIN"
  std::vector<int64_t> bins;
};

struct Report {
  size_t top = 0;  // as in ReportOptions
  // With callers and seconds, for any number of records. Each section has more
  // entries than the page shows (ReportOptions::kept).
  Stats stats;
  Bins bins;  // bins of the stats section "rate", of by_bin and of failures
  // CountByBin() of the sections of stats.
  std::vector<std::vector<BinCounts>> by_bin;
  std::vector<FailureRate> failures;
  std::vector<Row> boots;  // host, kernel, boot_id, boot_ns; newest first
  std::vector<Row> gaps;   // after_ns, before_ns, records; largest first
  Downtimes downtimes;
  std::vector<Row> newest_failures;  // FailureColumns(); newest first
  Family family;
};

// The columns of the view forks in newest_failures.
const std::vector<std::string>& FailureColumns();

// Reads each matching record a few times, and keeps none in memory. Must be
// called inside a transaction. Throws UsageError and SQLite::Exception.
Report ReadReport(const ReportOptions& options, int64_t now_ns,
                  SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_REPORT_H_
