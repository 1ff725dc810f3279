#include "query/count/burst_groups.h"

#include <SQLiteCpp/Statement.h>

#include <map>
#include <string>

#include "base/saturate.h"
#include "query/filter/time_bucket.h"
#include "query/search/row_cursor.h"
#include "store/statement.h"

namespace forkdb {

void AddBurstGroups(const Search& search, const Burst& burst,
                    const std::vector<std::string>& columns, Groups* groups) {
  std::map<Row, BurstFinder, RowLess> finders;
  std::string selected;
  for (const std::string& column : columns) {
    selected += GroupColumnSql(column) + ", ";
  }
  RowCursor rows(search, {selected + "id, time_ns"});
  Row row;
  while (SQLite::Statement* statement = rows.Next()) {
    ReadRow(statement, &row);
    const int64_t time_ns = IntegerOr(row.back(), 0);
    row.pop_back();
    const int64_t id = IntegerOr(row.back(), 0);
    row.pop_back();
    finders.try_emplace(row, burst).first->second.Add(id, time_ns);
  }
  for (const auto& [values, finder] : finders) {
    if (finder.records() == 0) continue;
    int64_t& sum = (*groups)[values];
    sum = Plus(sum, finder.records());
  }
}

}  // namespace forkdb
