// Questions as SQL that stands by itself: what `forkdb query --print-sql`
// shows, and what tests compare answers with.

#ifndef FORKDB_QUERY_SEARCH_PLAIN_SQL_H_
#define FORKDB_QUERY_SEARCH_PLAIN_SQL_H_

#include <string>
#include <vector>

#include "query/filter/filter.h"
#include "query/filter/shape.h"

namespace forkdb {

// A SELECT over the view forks that gives the same rows in the same order: by
// id or, of several streams, by time. (RowsByTime keeps the order of ids within
// a stream, also where the clock was set back.) filter.ranges are left out.
// Throws UsageError where the shape is wrong.
std::string PlainSql(const Filter& filter, const Shape& shape,
                     bool by_time = false);

// A SELECT that counts the records by columns, as --group-by does; with no
// columns, how many records there are. Time buckets are in UTC. Of the shape it
// takes the limit and the direction.
std::string PlainGroupSql(const Filter& filter,
                          const std::vector<std::string>& columns,
                          const Shape& shape);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_PLAIN_SQL_H_
