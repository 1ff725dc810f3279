// forkdb query --follow.

#ifndef FORKDB_QUERY_FOLLOW_H_
#define FORKDB_QUERY_FOLLOW_H_

#include "query/ask.h"

namespace forkdb {

// Prints the newest rows, or those after the options' cursor, then new ones as
// they are recorded. What goes wrong later, such as a database that is moved
// away, is told once, and waited for. Returns when nobody reads the output;
// throws Interrupted on SIGINT and SIGTERM, after a whole row, Error or
// UsageError if it cannot begin. Not while there are other threads.
void FollowDatabases(const QueryOptions& options);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FOLLOW_H_
