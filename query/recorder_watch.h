// What there is to see of a recorder from outside its database.

#ifndef FORKDB_QUERY_RECORDER_WATCH_H_
#define FORKDB_QUERY_RECORDER_WATCH_H_

#include <cstdint>
#include <optional>
#include <string>

namespace forkdb {

// The pid of the recorder that holds the database's lock (the file "-lock"
// beside it), found in locks, which is /proc/locks or a file of its form: every
// user may read that, and nobody is kept from taking the lock. Nothing if
// there is none, or if it is in a PID namespace that cannot be seen from here.
std::optional<int64_t> FindRecorder(const std::string& database,
                                    const std::string& locks = "/proc/locks");

// The highest number in a file of /proc/fork_info's format; nothing if it
// cannot be read or holds no record.
std::optional<int64_t> FindNewestSeq(const std::string& path);

// The boot that this process runs in; empty if /proc does not say.
std::string RunningBootId();

}  // namespace forkdb

#endif  // FORKDB_QUERY_RECORDER_WATCH_H_
