// Opening fork.db: for the recorder, which creates it, and for readers.

#ifndef FORKDB_STORE_DATABASE_H_
#define FORKDB_STORE_DATABASE_H_

#include <SQLiteCpp/Database.h>

#include <string>

#include "store/trouble.h"

namespace forkdb {

inline constexpr char kDefaultDatabasePath[] = "/var/lib/forkdb/fork.db";
inline constexpr char kMemoryDatabase[] = ":memory:";

// Opens the database at path for writing, in WAL mode; creates it with the
// schema, mode 0640 and, where group is not empty, that group. The -wal and
// -shm files stay when the recorder ends, so that members of the group, who
// cannot create them, can still read. The directory must exist, but for the
// default path's, which is made (0750).
//
// Throws DatabaseTrouble, with all files untouched, if the database or one of
// its files is not forkdb's or was written by a newer version
// (database_files.h). Must not be called while this process has the database
// open: SQLite's locks would be lost.
SQLite::Database OpenForWriting(const std::string& path,
                                const std::string& group = "");

// Opens the database at path for reading only, in a transaction: all that the
// connection reads is of one moment. Works while a recorder writes, and for
// users who may write neither the file nor its directory. Rolls an interrupted
// transaction back if this user may. Throws and is called as above.
SQLite::Database OpenForReading(const std::string& path);

// Throws what OpenForWriting() would throw of files that are not forkdb's or
// not safe, and changes nothing, but that it makes the default path's directory
// if there is none. Called as OpenForWriting().
void CheckDatabase(const std::string& path);

}  // namespace forkdb

#endif  // FORKDB_STORE_DATABASE_H_
