// Who holds a lock on a file.

#ifndef FORKDB_STORE_LOCK_HOLDERS_H_
#define FORKDB_STORE_LOCK_HOLDERS_H_

#include <cstdint>
#include <string>

namespace forkdb {

inline constexpr char kLocksFile[] = "/proc/locks";

// "process 4711 (sqlite3, user 1000)": another process that holds a lock which
// keeps writers off the database at path, in its -shm file or in itself. Any
// user who may read a file can hold one. Empty if none is found: it may be over
// by now, or in a PID namespace that is not visible from here. The text is
// escaped for display. locks is a file in the form of /proc/locks.
std::string DescribeWriteBlocker(const std::string& path,
                                 const std::string& locks = kLocksFile);

// The same of a flock(2) on the file itself.
std::string DescribeFlockHolder(const std::string& path,
                                const std::string& locks = kLocksFile);

}  // namespace forkdb

#endif  // FORKDB_STORE_LOCK_HOLDERS_H_
