#include "query/group_printer.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace forkdb {

void PrintGroups(const Groups& groups, std::vector<std::string> columns,
                 const Shape& shape, Format format, std::FILE* stream) {
  if (columns.empty() && format == Format::kTable) {
    fmt::print(stream, "{}\n", groups.begin()->second);
    return;
  }
  columns.emplace_back("records");
  std::vector<Row> rows = LargestGroups(groups, shape.limit);
  if (shape.reverse) std::reverse(rows.begin(), rows.end());
  const std::unique_ptr<RowPrinter> printer =
      NewRowPrinter(format, std::move(columns), stream);
  for (const Row& row : rows) printer->Print(row);
  printer->Finish();
}

}  // namespace forkdb
