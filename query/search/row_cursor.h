// Going through the rows that a search finds.

#ifndef FORKDB_QUERY_SEARCH_ROW_CURSOR_H_
#define FORKDB_QUERY_SEARCH_ROW_CURSOR_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <functional>
#include <string>

#include "query/search/search.h"

namespace forkdb {

struct RowRequest {
  std::string columns;      // SQL over the view forks
  bool descending = false;  // by id
  int64_t limit = -1;       // -1 for all
};

// Calls take with a statement that stands on each row in turn. Throws
// UsageError for what the user's condition has wrong.
void ForEachRow(const Search& search, const RowRequest& wanted,
                SQLite::Database* database,
                const std::function<void(SQLite::Statement*)>& take);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_ROW_CURSOR_H_
