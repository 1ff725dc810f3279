// The records that a search finds, as rows.

#ifndef FORKDB_QUERY_SEARCH_ROW_SOURCE_H_
#define FORKDB_QUERY_SEARCH_ROW_SOURCE_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>

#include "query/filter/filter.h"
#include "query/search/runs.h"
#include "query/search/search.h"
#include "terminal/value.h"

namespace forkdb {

// The lowest id of the newest so many rows, 0 if there are none.
int64_t FindNewest(SQLite::Database* database, const Search& search,
                   int64_t rows);

// Rows one by one, in the shape's order. One at a time for a connection, inside
// one transaction; the database must outlive it. Not thread-safe.
class RowSource {
 public:
  // path is for messages. Throws UsageError if the filter or the shape is
  // wrong, Error, as Next() does, if the database cannot be read.
  RowSource(const std::string& path, SQLite::Database* database,
            const Filter& filter, const Shape& shape);

  // Fills row. Returns false after the last one.
  bool Next(Row* row);

 private:
  // Returns false after the last run.
  bool BeginRun();
  bool Step(Row* row);

  std::string path_;
  Search search_;
  int64_t left_;              // -1 for all
  std::optional<Runs> runs_;  // nothing where the shape has an order
  std::optional<SQLite::Statement> statement_;
  bool stepping_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_ROW_SOURCE_H_
