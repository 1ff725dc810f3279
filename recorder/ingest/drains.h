// The tables drains and rejects: what the passes over a source brought.

#ifndef FORKDB_RECORDER_INGEST_DRAINS_H_
#define FORKDB_RECORDER_INGEST_DRAINS_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <string>
#include <vector>

#include "recorder/ingest/gaps.h"
#include "recorder/source/source.h"

namespace forkdb {

// A record that was stored after its number had been counted as lost.
struct Filled {
  int64_t seq = 0;
  int gaps = 0;  // how many gaps more there are for it: -1, 0 or 1
};

// What one Write() did; in part a row of the drains table.
struct Drain {
  int64_t records = 0;     // stored
  int64_t duplicates = 0;  // known before
  int64_t rejected = 0;    // lines that are not records, and refused records
  int64_t refused = 0;     // records that the database refuses
  int64_t last_refused_seq = 0;
  int64_t first_id = 0, last_id = 0;
  int64_t missed = 0;           // calls that took no number
  std::vector<Reject> rejects;  // at most Batch::kMaxRejects
  std::vector<Gap> gaps;        // noticed in this drain
  std::vector<Filled> filled;   // taken out of gaps that were noticed before
  int64_t next_seq = 0;         // of the stream; 0 if nothing was to be done
  bool complete = true;  // false: time ran out before the end of the batch
  // Not empty if a record has the number of a stored one and another time.
  // Neither it nor what was read after it is stored then.
  std::string contradiction;

  void CountRecord(int64_t id);
  // Keeps the first Batch::kMaxRejects of them.
  void AddReject(Reject reject);
};

// To be used inside a transaction. After an exception, make a new one. Not
// thread-safe; the database must outlive it.
class Drains {
 public:
  explicit Drains(SQLite::Database* database);

  // Stores a pass with the lines that were no records; one that found nothing
  // new is not worth a row.
  void Insert(int64_t stream, int64_t now_ns, const Drain& drain);

 private:
  // Whether a line that is no record was not there before.
  bool HasNewReject(int64_t stream, const Drain& drain);

  SQLite::Database* database_;
  SQLite::Statement insert_, find_reject_, insert_reject_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_DRAINS_H_
