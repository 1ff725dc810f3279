// The template of the report's page. The build makes it from query/report.

#ifndef FORKDB_QUERY_REPORT_REPORT_TEMPLATE_H_
#define FORKDB_QUERY_REPORT_REPORT_TEMPLATE_H_

#include <string_view>

namespace forkdb {

// The report's JSON replaces this mark.
inline constexpr std::string_view kReportDataMark = "@DATA@";

// HTML that contains the mark once.
std::string_view ReportTemplate();

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_REPORT_TEMPLATE_H_
