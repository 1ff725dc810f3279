// The tables drains and rejects: what the passes over a source brought.

#ifndef FORKDB_RECORDER_DRAINS_H_
#define FORKDB_RECORDER_DRAINS_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <vector>

#include "recorder/gaps.h"
#include "recorder/source.h"

namespace forkdb {

// What one Write() did; but for the gaps, a row of the drains table.
struct Drain {
  int64_t records = 0;     // stored
  int64_t duplicates = 0;  // known before
  int64_t rejected = 0;    // lines that are not records
  int64_t first_id = 0, last_id = 0;
  std::vector<Gap> gaps;  // noticed in this drain
};

// To be used inside a transaction. Not thread-safe; the database must outlive
// it.
class Drains {
 public:
  explicit Drains(SQLite::Database* database);

  // Stores a pass with the lines that were no records; one that found nothing
  // new is not worth a row.
  void Insert(int64_t stream, const Batch& batch, int64_t now_ns,
              const Drain& drain);

  // Makes it usable again after an exception.
  void Reset();

 private:
  // Whether a line that is no record was not there before.
  bool HasNewReject(int64_t stream, const Batch& batch);

  SQLite::Database* database_;
  SQLite::Statement insert_, find_reject_, insert_reject_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DRAINS_H_
