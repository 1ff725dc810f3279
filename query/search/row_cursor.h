// Reads the rows that a search finds.

#ifndef FORKDB_QUERY_SEARCH_ROW_CURSOR_H_
#define FORKDB_QUERY_SEARCH_ROW_CURSOR_H_

#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "query/filter/shape.h"
#include "query/search/runs.h"
#include "query/search/search.h"

namespace forkdb {

inline constexpr int64_t kAllRows = -1;

struct RowRequest {
  std::string columns;       // SQL over the view forks
  bool descending = false;   // by id
  int64_t limit = kAllRows;  // the first rows
  // SQL; nothing for by id.
  std::optional<std::string> order = std::nullopt;
  int64_t from_id = 0;  // leaves out lower ids; not with an order
  // SQL around the rows of one run, which replace {}: "SELECT count(*) FROM
  // ({})". Needs kAllRows.
  std::string around = "{}";
  // For RowsByTime: the lowest id of each stream; leaves out other streams.
  std::optional<std::map<int64_t, int64_t>> from_ids = std::nullopt;
};

// The request for a shape's rows, as RowsByTime takes it. A limit without an
// order costs a search for the newest rows. Throws UsageError if the shape's
// order is wrong.
RowRequest RequestFor(const Search& search, const Shape& shape);

// Steps through the rows of a search, run by run. Only one cursor of a
// connection may be in use, inside one transaction; the database must outlive
// it. Not thread-safe. Throws UsageError if the user's condition is wrong, and
// SQLite::Exception (see sql_trouble.h).
class RowCursor {
 public:
  RowCursor(const Search& search, const RowRequest& request);

  // Reads these runs of the search only.
  RowCursor(const Search& search, const RowRequest& request, Runs runs);

  // Moves to the next row. Returns the statement that stands on it, which
  // belongs to the cursor, or NULL after the last row.
  SQLite::Statement* Next();

 private:
  Search search_;
  int64_t left_;  // kAllRows for no limit
  Runs runs_;
  std::optional<SQLite::Statement> statement_;
  bool stepping_ = false;
};

// Returns the id of the last of that many newest rows, the latest first
// (rows_by_time.h), 0 if there are none.
int64_t FindNewest(const Search& search, int64_t rows);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_ROW_CURSOR_H_
