// A report as the page in query/report reads it.

#ifndef FORKDB_QUERY_REPORT_REPORT_JSON_H_
#define FORKDB_QUERY_REPORT_REPORT_JSON_H_

#include <cstdint>
#include <string>

#include "query/report/report.h"

namespace forkdb {

// What the page says of itself.
struct ReportOrigin {
  std::string filter;  // what was asked for, "" for everything
  std::string version;
  int64_t made_ns = 0;
};

// JSON in ASCII that may stand in an HTML script element: no <, and what is
// harmful in a text is an escape (EscapeForDisplay()).
std::string ReportJson(const Report& report, const ReportOrigin& origin);

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_REPORT_JSON_H_
