// Writes the tables drains and rejects: the result of each pass over a source.

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

// A record that was stored after its number had been counted as missing.
struct Filled {
  int64_t seq = 0;
  int gaps = 0;  // change in the number of gaps: -1, 0 or 1
};

// The result of one Writer::Write(). Some fields are stored in the table
// drains.
struct Drain {
  int64_t records = 0;     // stored
  int64_t duplicates = 0;  // stored before
  int64_t rejected = 0;    // lines that are not records, and refused records
  int64_t refused = 0;     // records that the database refuses
  int64_t last_refused_seq = 0;
  int64_t first_id = 0, last_id = 0;
  int64_t missed = 0;           // calls that took no number
  std::vector<Reject> rejects;  // at most Batch::kMaxRejects
  std::vector<Gap> gaps;        // noticed in this drain
  std::vector<Filled> filled;   // removed from gaps that were noticed before
  int64_t next_seq = 0;  // of the stream; 0 if there was nothing to store
  bool complete = true;  // false: time ran out before the end of the batch
  // Not empty if a record has the number of a stored record but another time.
  // Then neither this record nor the records read after it are stored.
  std::string contradiction;

  void CountRecord(int64_t id);
  // Keeps at most the first Batch::kMaxRejects.
  void AddReject(Reject reject);
};

// Use it inside a transaction. After an exception, make a new one. Not
// thread-safe. The database must outlive it.
class Drains {
 public:
  explicit Drains(SQLite::Database* database);

  // Stores a drain and its rejected lines. Stores nothing if the drain has
  // nothing new. now_ns is CLOCK_REALTIME.
  void Insert(int64_t stream, int64_t now_ns, const Drain& drain);

 private:
  // Whether the drain has a rejected line that is not stored yet.
  bool HasNewReject(int64_t stream, const Drain& drain);

  SQLite::Database* database_;
  SQLite::Statement insert_, find_reject_, insert_reject_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_DRAINS_H_
