// Counts the records of a search by their values, for `forkdb query --count`
// and `--group-by`.

#ifndef FORKDB_QUERY_COUNT_GROUP_H_
#define FORKDB_QUERY_COUNT_GROUP_H_

#include <SQLiteCpp/Database.h>

#include <string>
#include <vector>

#include "query/count/groups.h"
#include "query/search/search.h"

namespace forkdb {

// Adds the records of the search to groups with the same values in columns of
// the view; without columns, to one group. The value of a time bucket
// (query/filter/time_bucket.h) is its part. Counts whole blocks
// (whole_blocks.h) without reading their records if one block table
// (schema.sql) has all columns and the search asks only for its values, a boot
// and a time. Inside one transaction. Throws as RowCursor does.
void AddGroups(SQLite::Database* database, const Search& search,
               const std::vector<std::string>& columns, Groups* groups);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_GROUP_H_
