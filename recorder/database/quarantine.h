// Renames a damaged database.

#ifndef FORKDB_RECORDER_DATABASE_QUARANTINE_H_
#define FORKDB_RECORDER_DATABASE_QUARANTINE_H_

#include <cstdint>
#include <string>

namespace forkdb {

// Renames the database to PATH.corrupt-20261124T203321Z, with its -wal, -shm
// and -journal files (the suffixes stay last, so that SQLite finds them).
// Overwrites no file, and renames no file that is not safe to change
// (own_file.h). No process should write into the database any more. Returns the
// new path. now_ns is CLOCK_REALTIME. Throws DatabaseTrouble if one of the
// files cannot be renamed; the files that were renamed before get their names
// back, so that a log stays with its database.
std::string Quarantine(const std::string& database, int64_t now_ns);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_QUARANTINE_H_
