// Writes the table pid_blocks: which records each caller has (see schema.sql).

#ifndef FORKDB_RECORDER_INGEST_CALLER_INDEX_H_
#define FORKDB_RECORDER_INGEST_CALLER_INDEX_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <vector>

#include "recorder/ingest/inserter.h"

namespace forkdb {

// Collects calls and writes them with one statement per caller and block,
// because a statement per call would take longer than storing the record. Use
// it inside a transaction. After an exception, make a new one. Not thread-safe.
// The database must outlive it.
class CallerIndex {
 public:
  explicit CallerIndex(SQLite::Database* database);

  // Remembers the call of a row of records.
  void Add(const RecordRow& row);

  // Writes the remembered calls.
  void Flush();

  // Writes the rows of this pid and block again, after caller_id has changed in
  // some records. Call Flush() first.
  void Rewrite(int64_t pid, int64_t block);

  // Deletes the rows of a block. Call it while the block still has its records.
  void Forget(int64_t block);

  // Writes the rows of a block that has none, from its records.
  void Restore(int64_t block);

 private:
  struct Call {
    int64_t pid;
    int64_t caller_id;
    int64_t id;

    bool operator<(const Call& other) const;
    // Whether both calls belong in one row.
    bool IsBeside(const Call& other) const;
  };

  SQLite::Statement append_, delete_pid_, rewrite_, forget_, restore_;
  std::vector<Call> calls_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_CALLER_INDEX_H_
