#include "query/report_page.h"

#include <cerrno>
#include <cstddef>

#include "query/report_template.h"
#include "store/error.h"

namespace forkdb {

void CheckHasReportPage() {
  if (ReportTemplate().find(kReportDataMark) != std::string_view::npos) return;
  throw Error(
      "--html: this forkdb was built without its reports: build it where npm "
      "is, with cmake -DFORKDB_REPORT=ON");
}

void WriteReportPage(std::string_view json, std::FILE* stream) {
  CheckHasReportPage();
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
