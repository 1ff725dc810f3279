#include "query/search/row_cursor.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <utility>
#include <vector>

#include "query/search/rows_by_time.h"
#include "store/sql.h"
#include "store/statement.h"

namespace forkdb {

RowRequest RequestFor(const Search& search, const Shape& shape) {
  RowRequest request;
  request.columns = fmt::format("{}", fmt::join(shape.columns, ", "));
  request.descending = shape.reverse;
  request.limit = shape.limit.value_or(kAllRows);
  if (!shape.order.empty()) {
    request.order = ParseOrder(shape.order, shape.reverse);
  } else if (request.limit > 0 && !shape.reverse && !shape.oldest) {
    if (search.Streams().size() > 1) {
      request.from_ids = FindNewestByStream(search, request.limit);
    } else {
      request.from_id = FindNewest(search, request.limit);
    }
  }
  return request;
}

RowCursor::RowCursor(const Search& search, const RowRequest& request)
    : RowCursor(search, request,
                request.order
                    ? Runs(std::vector<IdRange>())
                    : Runs(search, request.descending, request.from_id)) {}

RowCursor::RowCursor(const Search& search, const RowRequest& request, Runs runs)
    : search_(search), left_(request.limit), runs_(std::move(runs)) {
  const bool by_id = !request.order;
  // Next() binds the ids of each run.
  const BoundSql rows =
      by_id ? BoundSql{search_.RowsSql(request.columns, request.descending),
                       search_.RowsValues(0, 0, left_)}
            : search_.Ordered(request.columns, *request.order, left_);
  statement_ = CompileReadOnly(
      search_.database(), fmt::format(fmt::runtime(request.around), rows.sql),
      static_cast<int>(rows.values.size()));
  if (by_id) return;
  BindAll(rows.values, &*statement_);
  stepping_ = true;
}

SQLite::Statement* RowCursor::Next() {
  while (true) {
    stepping_ = stepping_ && statement_->executeStep();
    if (stepping_) {
      if (left_ > 0) --left_;
      return &*statement_;
    }
    statement_->reset();
    const std::optional<IdRange> run = left_ == 0 ? std::nullopt : runs_.Next();
    if (!run) return nullptr;
    BindAll(search_.RowsValues(run->first, run->last, left_), &*statement_);
    stepping_ = true;
  }
}

int64_t FindNewest(const Search& search, int64_t rows) {
  int64_t id = 0;
  RowsByTime newest(search, {"id", /*descending=*/true, rows});
  for (Row row; newest.Next(&row);) id = IntegerOr(row.front(), 0);
  return id;
}

}  // namespace forkdb
