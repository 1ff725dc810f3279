// Counting the records that a search finds by their values: `forkdb query
// --count` and `--group-by`.

#ifndef FORKDB_QUERY_COUNT_GROUP_H_
#define FORKDB_QUERY_COUNT_GROUP_H_

#include <SQLiteCpp/Database.h>

#include <string>
#include <vector>

#include "query/count/groups.h"
#include "query/search/search.h"

namespace forkdb {

// Adds what the search finds by the values of columns of the view; with no
// columns, how many records there are. Where a table of blocks (schema.sql)
// counts these columns, and nothing but its own values, a boot and a time are
// asked for, no record of a closed block is read that lies in that time. Inside
// one transaction. Throws UsageError for what the user's condition has wrong.
void AddGroups(SQLite::Database* database, const Search& search,
               const std::vector<std::string>& columns, Groups* groups);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_GROUP_H_
