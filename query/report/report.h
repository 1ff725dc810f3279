// What `forkdb export --html` tells of a window of history: numbers, what they
// are made of, and the families that did most. Of a size that a browser can
// show, whatever the history's is.

#ifndef FORKDB_QUERY_REPORT_REPORT_H_
#define FORKDB_QUERY_REPORT_REPORT_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/count/stats.h"
#include "query/coverage/downtime.h"
#include "query/filter/filter.h"
#include "query/filter/window.h"
#include "query/report/family.h"
#include "terminal/value.h"

namespace forkdb {

struct ReportOptions {
  Filter filter;
  size_t top = 15;    // of each list
  size_t bins = 720;  // of the timeline, at most
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
  Stats stats;  // with the callers and seconds of any number of records
  Bins bins;    // of its section rate, and of failures
  std::vector<FailureRate> failures;
  // Of the rows below the columns are these.
  std::vector<Row> boots;  // host, kernel, boot_id, boot_ns: newest
  std::vector<Row> gaps;   // after_ns, before_ns, records: largest
  Downtimes downtimes;
  std::vector<Row> newest_failures;  // FailureColumns(): newest first
  Family family;
};

// The view's columns that are shown of a failed call.
const std::vector<std::string>& FailureColumns();

// Reads each record that the filter finds a few times; holds none of them. To
// be used inside one transaction. Throws UsageError.
Report ReadReport(const ReportOptions& options, int64_t now_ns,
                  SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_REPORT_H_
