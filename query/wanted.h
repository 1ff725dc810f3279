// What a filter names, as the numbers that one database has for it.

#ifndef FORKDB_QUERY_WANTED_H_
#define FORKDB_QUERY_WANTED_H_

#include <SQLiteCpp/Database.h>

#include <string_view>
#include <vector>

#include "query/filter.h"

namespace forkdb {

// One kind of value that a filter can name. Those that are wanted are in the
// temporary table wanted_NAME (value INTEGER PRIMARY KEY), if the conditions
// mention it; that of the ranges has their ends, too.
struct WantedKind {
  std::string_view name;  // and the column of records and of the table below
  const char* blocks;     // the table that has its blocks, NULL for none
  bool failures;          // only failed calls have one
  // SQL: that a block d can have one of the wanted values, that a row of
  // records does.
  const char* block_condition;
  const char* row_condition;
};

// The kind of that name, which exists.
const WantedKind* FindWantedKind(std::string_view name);

// Makes the tables anew, and returns the kinds that the filter names, which are
// constants. One filter at a time for a connection. Throws UsageError for a
// flag, a kind or an errno that does not exist.
std::vector<const WantedKind*> StoreWanted(SQLite::Database* database,
                                           const Filter& filter);

}  // namespace forkdb

#endif  // FORKDB_QUERY_WANTED_H_
