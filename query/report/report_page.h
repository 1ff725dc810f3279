// A report as a self-contained HTML page.

#ifndef FORKDB_QUERY_REPORT_REPORT_PAGE_H_
#define FORKDB_QUERY_REPORT_REPORT_PAGE_H_

#include <cstdio>
#include <string_view>

namespace forkdb {

// Writes the page with the JSON of ReportJson() in it. Throws Error if the
// stream cannot be written.
void WriteReportPage(std::string_view json, std::FILE* stream);

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_REPORT_PAGE_H_
