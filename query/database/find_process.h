// Finds the process that a user means.

#ifndef FORKDB_QUERY_DATABASE_FIND_PROCESS_H_
#define FORKDB_QUERY_DATABASE_FIND_PROCESS_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>

#include "query/filter/process.h"
#include "terminal/progress.h"
#include "terminal/tell.h"

namespace forkdb {

struct WantedProcess {
  std::string text;  // a pid, the id of a record, or a name
  std::optional<int64_t> boot;
  std::optional<int64_t> at_ns;  // who had the pid then
  // Who had the pid in between.
  std::optional<int64_t> since_ns;
  std::optional<int64_t> until_ns;
  bool of_thread = false;  // a thread means its process
  Notes notes = {};
};

// A pid means the newest process that had it; a thread's id its record; a name
// the one process that called by it, or that /proc showed by it. Tells on
// stderr if a pid was reused or means another process than it says. Lists
// processes of the same name. Throws UsageError if there is none, or several of
// a name.
Process FindProcess(const WantedProcess& wanted, SQLite::Database* database,
                    ProgressMeter* progress);

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_FIND_PROCESS_H_
