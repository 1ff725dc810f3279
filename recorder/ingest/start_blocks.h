// Reads and writes the table start_blocks: which record created the process
// that started at a given time (see schema.sql).

#ifndef FORKDB_RECORDER_INGEST_START_BLOCKS_H_
#define FORKDB_RECORDER_INGEST_START_BLOCKS_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace forkdb {

// A process, not a thread, that a record created.
struct Creation {
  int64_t id = 0;  // of the record
  int64_t child_pid = 0;
  int64_t child_start_ns = 0;  // CLOCK_BOOTTIME
};

// A search reads the rows of one span of start times. Their number grows with
// the rate of creations, not with the length of the history. Use it inside a
// transaction. After an exception, make a new one. Not thread-safe. The
// database must outlive it.
class StartBlocks {
 public:
  explicit StartBlocks(SQLite::Database* database);

  // Adds the rows of a block that has none. Sorts the creations.
  void Insert(int64_t block, std::vector<Creation>* creations);

  // Deletes the rows of a block. Call it while the block still has its records.
  void Forget(int64_t block);

  // Returns the lowest id of a record of this boot that created this process,
  // among the blocks that have rows in the table.
  std::optional<int64_t> Find(int64_t boot, int64_t child_pid,
                              int64_t child_start_ns);

 private:
  bool IsCreation(int64_t id, int64_t child_pid, int64_t child_start_ns);

  SQLite::Statement insert_, forget_, find_, verify_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_START_BLOCKS_H_
