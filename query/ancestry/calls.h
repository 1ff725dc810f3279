// SQL for the calls of a process, by the table pid_blocks.

#ifndef FORKDB_QUERY_ANCESTRY_CALLS_H_
#define FORKDB_QUERY_ANCESTRY_CALLS_H_

#include <string>

#include "query/filter/process.h"

namespace forkdb {

// Stands behind FROM and gives rows r of records, in no order. id is SQL for
// the id of a process of that kind. A record that created a process may have
// been pruned; then all of pid_blocks is read for its calls.
std::string CallsOf(Process::Kind kind, const char* id = "?1");

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_CALLS_H_
