#include "query/search/row_cursor.h"

#include "store/sql.h"
#include "store/statement.h"

namespace forkdb {

void ForEachRow(const Search& search, const RowRequest& wanted,
                SQLite::Database* database,
                const std::function<void(SQLite::Statement*)>& take) {
  int64_t left = wanted.limit;
  SQLite::Statement statement = CompileReadOnly(
      database, search.RowsSql(wanted.columns, wanted.descending),
      static_cast<int>(search.RowsValues(0, 0, left).size()));
  search.ForEachRun(
      wanted.descending, /*from_id=*/0, [&](int64_t first_id, int64_t last_id) {
        BindAll(search.RowsValues(first_id, last_id, left), &statement);
        while (statement.executeStep()) {
          take(&statement);
          if (left > 0) --left;
        }
        statement.reset();
        return left != 0;
      });
}

}  // namespace forkdb
