#include "query/print/group_printer.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "terminal/line.h"
#include "terminal/row_printer.h"

namespace forkdb {

void PrintGroups(const Groups& groups, std::vector<std::string> columns,
                 const Shape& shape, const Output& output) {
  if (columns.empty() && output.format == Format::kTable) {
    WriteLine(output, {{fmt::format("{}", groups.begin()->second)}});
    Flush(output);
    return;
  }
  columns.emplace_back("records");
  std::vector<Row> rows = LargestGroups(groups, shape.limit);
  if (shape.reverse) std::reverse(rows.begin(), rows.end());
  const std::unique_ptr<RowPrinter> printer =
      NewRowPrinter(output, std::move(columns));
  for (const Row& row : rows) printer->Print(row);
  printer->Finish();
}

}  // namespace forkdb
