// Records that arrive late and created callers of records that are stored.

#ifndef FORKDB_RECORDER_INGEST_BACKFILL_H_
#define FORKDB_RECORDER_INGEST_BACKFILL_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>

#include "recorder/ingest/caller_index.h"
#include "store/record.h"

namespace forkdb {

// Gives the records of such callers, which were stored without caller_id, the
// creator. To be used inside a transaction. After an exception, make a new one.
// Not thread-safe; the database must outlive it.
class Backfill {
 public:
  explicit Backfill(SQLite::Database* database);

  // Remembers a successful record with this id that is late.
  void Add(int64_t id, const Record& record);

  // Links what they created, and forgets them. All records and their calls must
  // be in the database.
  void Link(CallerIndex* calls);

 private:
  SQLite::Database* database_;
  SQLite::Statement insert_, link_;
  bool is_empty_ = true;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_BACKFILL_H_
