// A database's files, looked at before SQLite opens them.
//
// SQLite changes files as it opens them: it rolls back a -journal, copies a
// -wal into the database, truncates a -shm, and deletes what it takes for left
// over. So whose they are is found out first, from their bytes.
//
// The functions here open and close the files, which drops the POSIX locks that
// this process holds on them: they are for a database that this process has not
// open.

#ifndef FORKDB_STORE_DATABASE_FILES_H_
#define FORKDB_STORE_DATABASE_FILES_H_

#include <cstdint>
#include <string>

#include "base/descriptor.h"

namespace forkdb {

// What the first bytes of a database file say.
// https://www.sqlite.org/fileformat.html
struct DatabaseHeader {
  bool empty = false;   // the file has no bytes, or one page without a table
  bool sqlite = false;  // it is an SQLite database
  bool in_wal_mode = false;
  int64_t application_id = 0;
  int64_t version = 0;
};

DatabaseHeader ReadHeader(const Descriptor& file);

// Throws DatabaseTrouble if the ids are not those of a forkdb database of a
// version known here. path is for the message.
void CheckIdentity(int64_t application_id, int64_t version,
                   const std::string& path);

// Whether the file is a forkdb database of a version known here.
bool HasOurHeader(const std::string& path);

// Throws DatabaseTrouble unless SQLite may change the database at path and its
// -wal, -shm and -journal: each is safe (WhyUnsafeFile()) and is forkdb's, or
// does not exist, or the database is empty. Changes nothing. path has no links
// in it (ResolveLinks()); name is what messages call it.
void CheckFilesForWriting(const std::string& path, const std::string& name);

// The same for a reader, who may be another user than the owner: throws unless
// the database is forkdb's, and SQLite can open it without harm to another
// file. Throws also if the database is empty or does not exist.
DatabaseHeader CheckFilesForReading(const std::string& path,
                                    const std::string& name);

// Whether a transaction was interrupted in the middle (a hot journal): the
// database is not whole until it has been rolled back. Also if the journal
// cannot be read.
bool HasHotJournal(const std::string& path);

}  // namespace forkdb

#endif  // FORKDB_STORE_DATABASE_FILES_H_
