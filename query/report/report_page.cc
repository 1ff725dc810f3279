#include "query/report/report_page.h"

#include <cerrno>
#include <cstddef>

#include "base/error.h"
#include "query/report/report_template.h"

namespace forkdb {

void WriteReportPage(std::string_view json, std::FILE* stream) {
  const std::string_view page = ReportTemplate();
  const size_t mark = page.find(kReportDataMark);
  for (const std::string_view part :
       {page.substr(0, mark), json,
        page.substr(mark + kReportDataMark.size())}) {
    if (std::fwrite(part.data(), 1, part.size(), stream) != part.size()) {
      throw Error("cannot write the report: " + ErrnoText(errno));
    }
  }
}

}  // namespace forkdb
