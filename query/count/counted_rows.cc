#include "query/count/counted_rows.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <utility>

#include "store/record.h"

namespace forkdb {
namespace {

RowRequest CountedColumns() {
  RowRequest request = {"id"};
  request.around = "SELECT ";
  for (const Dimension& dimension : kDimensions) {
    request.around += fmt::format("r.{}, ", dimension.name());
  }
  request.around +=
      "r.tgid, r.start_ns, r.time_ns, r.id FROM ({}) AS m "
      "CROSS JOIN records AS r ON r.id = m.id";
  return request;
}

}  // namespace

CountedRows::CountedRows(const Search& search, Runs runs)
    : rows_(search, CountedColumns(), std::move(runs)) {
  SQLite::Statement streams(*search.database(), "SELECT id, boot FROM streams");
  while (streams.executeStep()) {
    boots_[streams.getColumn(0).getInt64()] = streams.getColumn(1).getInt64();
  }
}

bool CountedRows::Next(CountedRow* row) {
  SQLite::Statement* const found = rows_.Next();
  if (found == nullptr) return false;
  int column = 0;
  const auto next = [&] { return found->getColumn(column++).getInt64(); };
  for (int64_t& value : row->dimensions) value = next();
  row->tgid = next();
  row->start_ns = next();
  row->time_ns = next();
  row->id = next();
  return true;
}

Caller CountedRows::CallerOf(const CountedRow& row) const {
  const auto boot = boots_.find(row.id / kSeqLimit);
  return {boot == boots_.end() ? 0 : boot->second, row.tgid, row.start_ns};
}

}  // namespace forkdb
