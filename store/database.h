// Opens fork.db, for the recorder and for readers.

#ifndef FORKDB_STORE_DATABASE_H_
#define FORKDB_STORE_DATABASE_H_

#include <SQLiteCpp/Database.h>

#include <string>

#include "store/trouble.h"

namespace forkdb {

inline constexpr char kDefaultDatabasePath[] = "/var/lib/forkdb/fork.db";
inline constexpr char kMemoryDatabase[] = ":memory:";

// None of these functions may be called while this process has the database
// open: SQLite would lose its locks.

// Opens the database at path for writing, in WAL mode. Creates a missing one
// with the schema, mode 0640 and the group, if not empty. The -wal and -shm
// files stay when the recorder ends: the group's members cannot create them,
// but need them to read. The directory must exist; only the default path's is
// created (0750).
//
// Throws DatabaseTrouble, with all files untouched, if the database or one of
// its files is not forkdb's or was written by a newer version
// (database_files.h).
SQLite::Database OpenForWriting(const std::string& path,
                                const std::string& group = "");

// Opens the database at path for reading only, in one transaction, so that all
// reads see the same state. Works while a recorder writes, and for users who
// may write neither the file nor its directory. Rolls back an interrupted
// transaction if this user may. Throws DatabaseTrouble.
SQLite::Database OpenForReading(const std::string& path);

// Throws as OpenForWriting() does for files that are not forkdb's or not safe.
// Changes nothing, but creates the default path's directory if it is missing.
void CheckDatabase(const std::string& path);

}  // namespace forkdb

#endif  // FORKDB_STORE_DATABASE_H_
