// What a filter names, as the numbers that one database has for it.

#ifndef FORKDB_QUERY_SEARCH_CRITERIA_H_
#define FORKDB_QUERY_SEARCH_CRITERIA_H_

#include <SQLiteCpp/Database.h>

#include <vector>

#include "query/filter/filter.h"
#include "query/search/criterion.h"

namespace forkdb {

// Rebuilds the temporary tables, and returns the criteria that the filter uses,
// which are constants. One filter at a time for a connection. It is what SQLite
// can push down of ConditionsOf(filter), filter.under and filter.ranges; all
// but the user's own SQL and the times.
std::vector<const Criterion*> StoreCriteria(SQLite::Database* database,
                                            const Filter& filter);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_CRITERIA_H_
