// The processes that had a pid.

#ifndef FORKDB_QUERY_ANCESTRY_LIVES_H_
#define FORKDB_QUERY_ANCESTRY_LIVES_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "query/filter/process.h"

namespace forkdb {

struct Life {
  Process process;
  int64_t boot = 0;
  int64_t start_ns = 0;  // since the boot
  int64_t time_ns = 0;   // the same since the epoch, as near as it is known
};

// No more are read.
inline constexpr size_t kMostLives = 1000;

// The processes that had the pid in the boot (or in any), the newest first by
// time: an old copy may be recorded later. With threads: the records that
// created threads with this id, and no others. Reads the blocks whose range of
// pids has the pid.
std::vector<Life> FindLives(int64_t pid, const std::optional<int64_t>& boot,
                            bool threads, SQLite::Database* database);

// The newest call of a thread that is not its process's main thread, as a
// process that this call created; nothing if there is none.
std::optional<Process> FindCallOfThread(int64_t tid,
                                        const std::optional<int64_t>& boot,
                                        SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_LIVES_H_
