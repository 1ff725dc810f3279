// The path of a recorder's lock.

#ifndef FORKDB_STORE_LOCK_PATH_H_
#define FORKDB_STORE_LOCK_PATH_H_

#include <string>

namespace forkdb {

// The file that a recorder locks (recorder/database/lock.h) and forkdb status
// looks for: the database's path, links resolved, and "-lock".
std::string LockPath(const std::string& database);

}  // namespace forkdb

#endif  // FORKDB_STORE_LOCK_PATH_H_
