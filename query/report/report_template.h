// The page of a report, made of query/report by the build.

#ifndef FORKDB_QUERY_REPORT_REPORT_TEMPLATE_H_
#define FORKDB_QUERY_REPORT_REPORT_TEMPLATE_H_

#include <string_view>

namespace forkdb {

// Where the report's JSON goes.
inline constexpr std::string_view kReportDataMark = "@DATA@";

// HTML with the mark in it, once.
std::string_view ReportTemplate();

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_REPORT_TEMPLATE_H_
