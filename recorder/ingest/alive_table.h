// Writes the table alive (see schema.sql).

#ifndef FORKDB_RECORDER_INGEST_ALIVE_TABLE_H_
#define FORKDB_RECORDER_INGEST_ALIVE_TABLE_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <string>

#include "recorder/ingest/usernames.h"
#include "recorder/source/proc_snapshot.h"
#include "recorder/source/source.h"

namespace forkdb {

// Adds the processes that are not in the table yet, in one transaction. Returns
// how many it added. now_ns is CLOCK_REALTIME; path is for messages. A user
// whose name is not known yet gets the user id as a name, until the Writer
// replaces it. Throws Error if the database cannot be written.
int64_t StoreAlive(const Boot& boot, const ProcSnapshot& reading,
                   int64_t now_ns, SQLite::Database* database,
                   const std::string& path, Usernames* usernames);

// Reads and stores the processes that are alive now, if the stream belongs to
// the boot that is running. Returns why some or all are missing, or "".
std::string NoteAlive(const Stream& stream, int64_t now_ns,
                      SQLite::Database* database, const std::string& path,
                      Usernames* usernames);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_ALIVE_TABLE_H_
