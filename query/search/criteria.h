// What a filter names, as the numbers that one database has for it.

#ifndef FORKDB_QUERY_SEARCH_CRITERIA_H_
#define FORKDB_QUERY_SEARCH_CRITERIA_H_

#include <SQLiteCpp/Database.h>

#include <vector>

#include "query/filter/filter.h"
#include "query/search/criterion.h"

namespace forkdb {

// Makes the tables anew, and returns the kinds that the filter names, which are
// constants. One filter at a time for a connection. Throws UsageError for a
// flag, a kind or an errno that does not exist.
std::vector<const Criterion*> StoreCriteria(SQLite::Database* database,
                                            const Filter& filter);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_CRITERIA_H_
