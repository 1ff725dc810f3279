// Where a recorder's lock on a database is.

#ifndef FORKDB_STORE_LOCK_PATH_H_
#define FORKDB_STORE_LOCK_PATH_H_

#include <string>

namespace forkdb {

// The file that a recorder locks (recorder/database/lock.h) and forkdb status
// looks for:
// "-lock" behind the database's path, links followed.
std::string LockPath(const std::string& database);

}  // namespace forkdb

#endif  // FORKDB_STORE_LOCK_PATH_H_
