// Rows for the boot and the stream that records come from.

#ifndef FORKDB_RECORDER_INGEST_STREAMS_H_
#define FORKDB_RECORDER_INGEST_STREAMS_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>

#include "recorder/source/source.h"

namespace forkdb {

struct StreamRow {
  int64_t id = 0;    // of the streams row
  int64_t boot = 0;  // of its boots row
};

// The id of the boot's row, made if it is not there. To be used inside a
// transaction. Throws SQLite::Exception.
int64_t FindOrInsertBoot(const Boot& boot, SQLite::Database* database);

// The rows of the stream and its boot, made if they are not there. To be used
// inside a transaction. Throws SQLite::Exception.
StreamRow FindOrInsertStream(const Stream& stream, SQLite::Database* database);

// The stream's next_seq; 1 if the database does not have the stream. Throws
// SQLite::Exception.
int64_t FindNextSeq(const Stream& stream, SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_STREAMS_H_
