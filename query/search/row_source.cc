#include "query/search/row_source.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include "query/search/row_cursor.h"
#include "query/search/sql_trouble.h"
#include "store/sql.h"
#include "store/statement.h"

namespace forkdb {
namespace {

// Rows, for LIMIT.
constexpr int64_t kAll = -1;

}  // namespace

int64_t FindNewest(SQLite::Database* database, const Search& search,
                   int64_t rows) {
  int64_t id = 0;
  ForEachRow(search, {"id", /*descending=*/true, rows}, database,
             [&](SQLite::Statement* statement) {
               id = statement->getColumn(0).getInt64();
             });
  return id;
}

RowSource::RowSource(const std::string& path, SQLite::Database* database,
                     const Filter& filter, const Shape& shape)
    : path_(path),
      search_(TranslateTrouble(path, [&] { return Search(database, filter); })),
      left_(shape.limit.value_or(kAll)) {
  const std::string columns = fmt::format("{}", fmt::join(shape.columns, ", "));
  TranslateTrouble(path_, [&] {
    if (!shape.order.empty()) {
      const BoundSql question = search_.Ordered(
          columns, ParseOrder(shape.order, shape.reverse), left_);
      statement_ = CompileReadOnly(database, question.sql,
                                   static_cast<int>(question.values.size()));
      BindAll(question.values, &*statement_);
      stepping_ = true;
      return;
    }
    const bool newest = left_ > 0 && !shape.reverse;
    const int64_t from_id = newest ? FindNewest(database, search_, left_) : 0;
    statement_ =
        CompileReadOnly(database, search_.RowsSql(columns, shape.reverse),
                        static_cast<int>(search_.RowsValues(0, 0, 0).size()));
    runs_.emplace(search_, shape.reverse, from_id);
  });
}

bool RowSource::Next(Row* row) {
  return TranslateTrouble(path_, [&] {
    do {
      if (stepping_ && Step(row)) return true;
    } while (BeginRun());
    return false;
  });
}

bool RowSource::Step(Row* row) {
  stepping_ = statement_->executeStep();
  if (!stepping_) {
    statement_->reset();
    return false;
  }
  ReadRow(&*statement_, row);
  if (left_ != kAll) --left_;
  return true;
}

bool RowSource::BeginRun() {
  if (!runs_ || left_ == 0) return false;
  const std::optional<IdRange> run = runs_->Next();
  if (!run) return false;
  BindAll(search_.RowsValues(run->first, run->last, left_), &*statement_);
  stepping_ = true;
  return true;
}

}  // namespace forkdb
