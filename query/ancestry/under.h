// What descends from a process, for --under.

#ifndef FORKDB_QUERY_ANCESTRY_UNDER_H_
#define FORKDB_QUERY_ANCESTRY_UNDER_H_

#include <SQLiteCpp/Database.h>

#include <string>

#include "query/filter/process.h"

namespace forkdb {

// A process's parent is whoever made the call that created it or, if no record
// did, its parent in the table alive.

// Rebuilds the temporary table wanted_id (criterion.h): the calls of the
// process and of its descendants.
void StoreUnder(const Process& process, SQLite::Database* database);

// A SELECT of the same ids that anyone can run, over the view forks and the
// tables. Reads every record.
std::string UnderSql(const Process& process);

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_UNDER_H_
