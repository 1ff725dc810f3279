// Finds processes by name.

#ifndef FORKDB_QUERY_DATABASE_FIND_NAMED_H_
#define FORKDB_QUERY_DATABASE_FIND_NAMED_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/ancestry/process_reader.h"
#include "query/filter/process.h"
#include "terminal/progress.h"

namespace forkdb {

// The processes that called by this name, which may be a pattern as in --comm,
// the most recent call first; then those that /proc showed by it. At most so
// many of each. progress may be NULL.
std::vector<Process> FindNamed(const std::string& name,
                               const std::optional<int64_t>& boot, size_t most,
                               ProcessReader* reader,
                               SQLite::Database* database,
                               ProgressMeter* progress);

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_FIND_NAMED_H_
