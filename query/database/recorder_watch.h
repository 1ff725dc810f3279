// What there is to see of a recorder from outside its database.

#ifndef FORKDB_QUERY_DATABASE_RECORDER_WATCH_H_
#define FORKDB_QUERY_DATABASE_RECORDER_WATCH_H_

#include <cstdint>
#include <optional>
#include <string>

#include "store/recorder_state.h"

namespace forkdb {

// A recorder says every few seconds what it does. One that is silent for longer
// than this hangs.
inline constexpr int64_t kSilenceNs = 10'000'000'000;

// What the recorder of the database last said in the file "-status" beside it;
// nothing if no recorder runs. It is believed only if the file belongs to root,
// this user or the database's owner, nobody else can write it, it is of this
// boot and of the very file at this path, and the process that it names runs
// and started when it says. In another PID namespace, or where /proc hides the
// process, it must have spoken within kSilenceNs instead.
std::optional<RecorderState> FindRecorder(const std::string& database);

// The highest number in a file of /proc/fork_info's format; nothing if it
// cannot be read or holds no record.
std::optional<int64_t> FindNewestSeq(const std::string& path);

// Whether the log that the recorder writes is still beside the database.
bool HasItsLog(const std::string& database, const RecorderState& recorder);

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_RECORDER_WATCH_H_
