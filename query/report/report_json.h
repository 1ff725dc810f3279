// A report as JSON for the page's script.

#ifndef FORKDB_QUERY_REPORT_REPORT_JSON_H_
#define FORKDB_QUERY_REPORT_REPORT_JSON_H_

#include <cstdint>
#include <string>

#include "query/report/report.h"

namespace forkdb {

// How the page was made.
struct ReportOrigin {
  // The options that were given, as a shell takes them: all of them, "" for
  // none, and each of those that are not times.
  std::string filter;
  std::vector<std::string> query;
  bool has_window = false;  // a time was given
  std::string version;
  int64_t made_ns = 0;
};

// ASCII JSON that is safe inside an HTML script element: it contains no <.
// Harmful bytes in text are escaped (EscapeForDisplay()).
std::string ReportJson(const Report& report, const ReportOrigin& origin);

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_REPORT_JSON_H_
