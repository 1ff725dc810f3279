#include "query/print/group_printer.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/saturate.h"
#include "query/filter/time_bucket.h"
#include "terminal/line.h"
#include "terminal/row_printer.h"

namespace forkdb {
namespace {

// Calls replace(bucket, value) for each value of a time bucket in the row.
template <typename Replace>
void ForEachBucket(const std::vector<std::string>& columns, Row* row,
                   Replace replace) {
  for (size_t i = 0; i < columns.size(); ++i) {
    const TimeBucket* bucket = FindTimeBucket(columns[i]);
    if (bucket != nullptr) replace(*bucket, &(*row)[i]);
  }
}

// The groups with the start of each time bucket for its part.
Groups WithStarts(const Groups& groups, const std::vector<std::string>& columns,
                  Zone zone) {
  Groups whole;
  for (const auto& [values, records] : groups) {
    Row row = values;
    ForEachBucket(columns, &row, [&](const TimeBucket& bucket, Value* value) {
      *value = BucketStart(bucket, IntegerOr(*value, 0), zone);
    });
    int64_t& sum = whole[row];
    sum = Plus(sum, records);
  }
  return whole;
}

// In the order of their columns, with names for the starts.
std::vector<Row> BucketRows(const Groups& groups,
                            const std::vector<std::string>& columns,
                            const std::optional<int64_t>& limit, Zone zone) {
  std::vector<Row> rows =
      LargestGroups(WithStarts(groups, columns, zone), limit);
  std::sort(rows.begin(), rows.end(), RowLess());
  for (Row& row : rows) {
    ForEachBucket(columns, &row, [&](const TimeBucket& bucket, Value* value) {
      *value = BucketName(bucket, IntegerOr(*value, 0), zone);
    });
  }
  return rows;
}

}  // namespace

void PrintGroups(const Groups& groups, std::vector<std::string> columns,
                 const Shape& shape, const Output& output) {
  if (columns.empty() && output.format == Format::kTable) {
    WriteLine(output, {{fmt::format("{}", groups.begin()->second)}});
    Flush(output);
    return;
  }
  const bool has_buckets = std::any_of(
      columns.begin(), columns.end(),
      [](const std::string& name) { return FindTimeBucket(name) != nullptr; });
  std::vector<Row> rows =
      has_buckets ? BucketRows(groups, columns, shape.limit, output.zone)
                  : LargestGroups(groups, shape.limit);
  columns.emplace_back("records");
  if (shape.reverse) std::reverse(rows.begin(), rows.end());
  const std::unique_ptr<RowPrinter> printer =
      NewRowPrinter(output, std::move(columns));
  for (const Row& row : rows) printer->Print(row);
  printer->Finish();
}

}  // namespace forkdb
