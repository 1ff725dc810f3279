// A report as JSON for the page's script.

#ifndef FORKDB_QUERY_REPORT_REPORT_JSON_H_
#define FORKDB_QUERY_REPORT_REPORT_JSON_H_

#include <cstdint>
#include <string>

#include "query/report/report.h"

namespace forkdb {

// How the page was made.
struct ReportOrigin {
  std::string filter;  // the user's filter; "" for none
  std::string version;
  int64_t made_ns = 0;
};

// ASCII JSON that is safe inside an HTML script element: it contains no <.
// Harmful bytes in text are escaped (EscapeForDisplay()).
std::string ReportJson(const Report& report, const ReportOrigin& origin);

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_REPORT_JSON_H_
