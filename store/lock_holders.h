// Finds out which process holds a lock on a file.

#ifndef FORKDB_STORE_LOCK_HOLDERS_H_
#define FORKDB_STORE_LOCK_HOLDERS_H_

#include <cstdint>
#include <string>

namespace forkdb {

inline constexpr char kLocksFile[] = "/proc/locks";

// Returns "process 4711 (sqlite3, user 1000)" for another process whose lock,
// on the database at path or on its -shm file, blocks writers. Any user who may
// read the file can hold such a lock. Returns "" if none is found: the lock may
// be gone, or its holder in a PID namespace not visible from here. The text is
// escaped for display. locks is a file in the format of /proc/locks.
std::string DescribeWriteBlocker(const std::string& path,
                                 const std::string& locks = kLocksFile);

// The same for a flock(2) on the file itself.
std::string DescribeFlockHolder(const std::string& path,
                                const std::string& locks = kLocksFile);

}  // namespace forkdb

#endif  // FORKDB_STORE_LOCK_HOLDERS_H_
