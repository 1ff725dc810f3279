// Finds or inserts the rows of the boot and the stream that records come from.

#ifndef FORKDB_RECORDER_INGEST_STREAMS_H_
#define FORKDB_RECORDER_INGEST_STREAMS_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>

#include "recorder/source/source.h"

namespace forkdb {

struct StreamRow {
  int64_t id = 0;    // of the row in streams
  int64_t boot = 0;  // id of its row in boots
};

// Returns the id of the boot's row. Inserts the row if there is none. Call it
// inside a transaction. Throws SQLite::Exception.
int64_t FindOrInsertBoot(const Boot& boot, SQLite::Database* database);

// Returns the ids of the rows of the stream and its boot. Inserts the rows if
// there are none. Call it inside a transaction. Throws SQLite::Exception.
StreamRow FindOrInsertStream(const Stream& stream, SQLite::Database* database);

// Returns the stream's next_seq, or 1 if the database does not have the stream.
// Throws SQLite::Exception.
int64_t FindNextSeq(const Stream& stream, SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_STREAMS_H_
