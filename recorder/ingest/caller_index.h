// The table pid_blocks: which records are of which caller (schema.sql says what
// for).

#ifndef FORKDB_RECORDER_INGEST_CALLER_INDEX_H_
#define FORKDB_RECORDER_INGEST_CALLER_INDEX_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <vector>

#include "recorder/ingest/inserter.h"

namespace forkdb {

// Gathers the calls and writes them a caller and block at a time: a statement a
// record would take longer than the record. To be used inside a transaction.
// After an exception, make a new one. Not thread-safe; the database must
// outlive it.
class CallerIndex {
 public:
  explicit CallerIndex(SQLite::Database* database);

  // Remembers a row of records.
  void Add(const RecordRow& row);

  // Writes what is remembered.
  void Flush();

  // Says anew which records of a block are of this pid, after their caller_id
  // has changed. Nothing may be remembered.
  void Rewrite(int64_t pid, int64_t block);

  // Takes a block out. To be called while it still has its records.
  void Forget(int64_t block);

  // Puts a block in that is not there, from its records.
  void Restore(int64_t block);

 private:
  struct Call {
    int64_t pid;
    int64_t caller_id;
    int64_t id;

    bool operator<(const Call& other) const;
    // Whether both stand in one row.
    bool IsBeside(const Call& other) const;
  };

  SQLite::Statement append_, delete_pid_, rewrite_, forget_, restore_;
  std::vector<Call> calls_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_CALLER_INDEX_H_
