// Links stored records to callers whose own records arrive late.

#ifndef FORKDB_RECORDER_INGEST_BACKFILL_H_
#define FORKDB_RECORDER_INGEST_BACKFILL_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>

#include "recorder/ingest/caller_index.h"
#include "store/record.h"

namespace forkdb {

// Sets caller_id in records that were stored before the record that created
// their caller. Use it inside a transaction. After an exception, make a new
// one. Not thread-safe. The database must outlive it.
class Backfill {
 public:
  explicit Backfill(SQLite::Database* database);

  // Remembers a late record of a successful call. id is its id.
  void Add(int64_t id, const Record& record);

  // Sets caller_id in the records of the processes that the remembered records
  // created, and forgets the remembered records. All records and calls must be
  // in the database.
  void Link(CallerIndex* calls);

 private:
  SQLite::Database* database_;
  SQLite::Statement insert_, link_;
  bool is_empty_ = true;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_BACKFILL_H_
