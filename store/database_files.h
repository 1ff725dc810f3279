// Checks a database's files before SQLite opens them.
//
// SQLite changes files when it opens them: it rolls back a -journal, copies a
// -wal into the database, truncates a -shm, and deletes leftovers. So these
// functions first tell from the bytes if the files are forkdb's.
//
// Closing a file drops the POSIX locks that this process holds on it. So never
// call these functions for a database that this process has open.

#ifndef FORKDB_STORE_DATABASE_FILES_H_
#define FORKDB_STORE_DATABASE_FILES_H_

#include <cstdint>
#include <string>

#include "base/descriptor.h"

namespace forkdb {

// The header of a database file. https://www.sqlite.org/fileformat.html
struct DatabaseHeader {
  bool empty = false;   // no bytes, or one page without a table
  bool sqlite = false;  // an SQLite database
  bool in_wal_mode = false;
  int64_t application_id = 0;
  int64_t version = 0;
};

DatabaseHeader ReadHeader(const Descriptor& file);

// Throws DatabaseTrouble unless the ids are those of a forkdb database of a
// known version. path is for the message.
void CheckIdentity(int64_t application_id, int64_t version,
                   const std::string& path);

// Whether the file is a forkdb database of a known version.
bool HasOurHeader(const std::string& path);

// Throws DatabaseTrouble unless SQLite may change the database at path and its
// -wal, -shm and -journal. Each file must be safe (WhyUnsafeFile()) and
// forkdb's, or missing; the database may also be empty. Changes nothing. path
// must not contain links (ResolveLinks()); messages use name.
void CheckFilesForWriting(const std::string& path, const std::string& name);

// Throws DatabaseTrouble unless the database is forkdb's, is not empty, and
// SQLite can read it without harm to another file. The reader may be another
// user than the owner. path and name are as above.
DatabaseHeader CheckFilesForReading(const std::string& path,
                                    const std::string& name);

// Whether an interrupted transaction left a hot journal, which must be rolled
// back before the database can be read. True also if the journal cannot be
// read.
bool HasHotJournal(const std::string& path);

}  // namespace forkdb

#endif  // FORKDB_STORE_DATABASE_FILES_H_
