// A report as a page that needs nothing else.

#ifndef FORKDB_QUERY_REPORT_REPORT_PAGE_H_
#define FORKDB_QUERY_REPORT_REPORT_PAGE_H_

#include <cstdio>
#include <string_view>

namespace forkdb {

// Writes the page with that JSON (report_json.h) in it. Throws Error if the
// stream cannot be written.
void WriteReportPage(std::string_view json, std::FILE* stream);

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_REPORT_PAGE_H_
