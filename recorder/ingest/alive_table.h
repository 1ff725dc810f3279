// The table alive (schema.sql).

#ifndef FORKDB_RECORDER_INGEST_ALIVE_TABLE_H_
#define FORKDB_RECORDER_INGEST_ALIVE_TABLE_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <string>

#include "recorder/ingest/usernames.h"
#include "recorder/source/proc_snapshot.h"
#include "recorder/source/source.h"

namespace forkdb {

// Adds to the table alive what is not there yet, in one transaction. Returns
// how many. A user without an answer is the number until Writer fills it in.
// Throws Error if the database at path, which is for messages, cannot
// be written.
int64_t StoreAlive(const Boot& boot, const ProcSnapshot& reading,
                   int64_t now_ns, SQLite::Database* database,
                   const std::string& path, Usernames* usernames);

// Reads and stores what is alive now, if the stream is of this machine's
// running boot. Returns the trouble.
std::string NoteAlive(const Stream& stream, int64_t now_ns,
                      SQLite::Database* database, const std::string& path,
                      Usernames* usernames);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_ALIVE_TABLE_H_
