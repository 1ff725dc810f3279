// The table alive (schema.sql).

#ifndef FORKDB_RECORDER_ALIVE_TABLE_H_
#define FORKDB_RECORDER_ALIVE_TABLE_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <string>

#include "recorder/alive.h"
#include "recorder/source.h"

namespace forkdb {

// Adds to the table alive what is not there yet, in one transaction. Returns
// how many. Throws Error if the database at path, which is for messages, cannot
// be written.
int64_t StoreAlive(const Boot& boot, const AliveReading& reading,
                   int64_t now_ns, SQLite::Database* database,
                   const std::string& path);

// Reads and stores what is alive now, if the stream is of this machine's
// running boot. Returns the trouble.
std::string NoteAlive(const Stream& stream, int64_t now_ns,
                      SQLite::Database* database, const std::string& path);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_ALIVE_TABLE_H_
