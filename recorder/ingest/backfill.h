// Links stored records to callers whose own records arrive late: after them in
// their stream, or in another stream of their boot that is stored later.

#ifndef FORKDB_RECORDER_INGEST_BACKFILL_H_
#define FORKDB_RECORDER_INGEST_BACKFILL_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "recorder/ingest/caller_index.h"
#include "recorder/ingest/streams.h"
#include "store/record.h"

namespace forkdb {

// Sets caller_id in records that were stored before the record that created
// their caller. Use it inside a transaction. After an exception, make a new
// one. Not thread-safe. The database must outlive it.
class Backfill {
 public:
  explicit Backfill(SQLite::Database* database);

  // Reads the times of the other streams of the stream's boot. All their blocks
  // must be closed. Call it once, before Add().
  void ReadOthers(const StreamRow& stream);

  // Remembers the record of a successful call if it is late in its stream
  // (is_late), or not newer than all records of the boot's other streams. id is
  // its id.
  void Add(int64_t id, const Record& record, bool is_late);

  // Sets caller_id in the records of the processes that the remembered records
  // created, and forgets the remembered records. All records and calls must be
  // in the database.
  void Link(CallerIndex* calls);

 private:
  using PidsInBlocks = std::set<std::pair<int64_t, int64_t>>;

  static void Link(SQLite::Statement* link, PidsInBlocks* changed);

  SQLite::Database* database_;
  int64_t boot_ = 0;
  SQLite::Statement insert_, link_, link_others_;
  // The time of the newest record of the boot's other streams.
  std::optional<int64_t> newest_of_others_ns_;
  bool is_empty_ = true;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_BACKFILL_H_
