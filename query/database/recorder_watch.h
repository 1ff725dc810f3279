// The state of a running recorder, from files outside the database.

#ifndef FORKDB_QUERY_DATABASE_RECORDER_WATCH_H_
#define FORKDB_QUERY_DATABASE_RECORDER_WATCH_H_

#include <cstdint>
#include <optional>
#include <string>

#include "store/recorder_state.h"

namespace forkdb {

// A recorder updates its status every few seconds. A recorder silent for longer
// than this hangs.
inline constexpr int64_t kSilenceNs = 10'000'000'000;

// Returns the state in the file "-status" beside the database, or nullopt if no
// recorder runs. Trusts the file only if root, this user or the database's
// owner owns it, nobody else can write it, its boot and inode are current, and
// its process runs with the same start time. If the process is in another PID
// namespace or hidden by /proc, the heartbeat must be younger than kSilenceNs
// instead.
std::optional<RecorderState> FindRecorder(const std::string& database);

// The last number in a file of /proc/fork_info's format. Nullopt if the file
// cannot be read or holds no record.
std::optional<int64_t> FindNewestSeq(const std::string& path);

// Whether the recorder's log is still beside the database.
bool HasItsLog(const std::string& database, const RecorderState& recorder);

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_RECORDER_WATCH_H_
