// Deletes names that no record has any more.

#ifndef FORKDB_RECORDER_DATABASE_UNUSED_NAMES_H_
#define FORKDB_RECORDER_DATABASE_UNUSED_NAMES_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <string>

namespace forkdb {

// Deletes the values of dimensions that only these rows have or had. rows is
// SQL that follows FROM; ?1 in it is gone_block. A gone_block counts as empty,
// for its records are deleted next; 0 is no block. To be used inside a
// transaction. Throws SQLite::Exception.
void DeleteUnusedNames(const std::string& rows, int64_t gone_block,
                       SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_UNUSED_NAMES_H_
