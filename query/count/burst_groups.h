// Counts the records of fork storms by their values.

#ifndef FORKDB_QUERY_COUNT_BURST_GROUPS_H_
#define FORKDB_QUERY_COUNT_BURST_GROUPS_H_

#include <string>
#include <vector>

#include "query/count/groups.h"
#include "query/search/burst.h"
#include "query/search/search.h"

namespace forkdb {

// Adds, for each combination of values of the columns, how many of its records
// belong to a burst of that combination alone: who takes no part in a storm is
// no group. Reads each record of the search. Holds at most Burst::records
// records of each combination. Throws as RowCursor does.
void AddBurstGroups(const Search& search, const Burst& burst,
                    const std::vector<std::string>& columns, Groups* groups);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_BURST_GROUPS_H_
