// Deletes names that no record uses any more.

#ifndef FORKDB_RECORDER_DATABASE_UNUSED_NAMES_H_
#define FORKDB_RECORDER_DATABASE_UNUSED_NAMES_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <string>

namespace forkdb {

// Deletes the values of dimensions that only these rows use or used. rows is
// the SQL after FROM; ?1 in it is gone_block. The records of gone_block do not
// count, because they are deleted next; 0 is no block. Call it inside a
// transaction. Throws SQLite::Exception.
void DeleteUnusedNames(const std::string& rows, int64_t gone_block,
                       SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_UNUSED_NAMES_H_
