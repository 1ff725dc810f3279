// Writes the tables blocks, comm_blocks, user_blocks, …: summaries of the
// records of each block (see schema.sql). caller_index.h writes pid_blocks.

#ifndef FORKDB_RECORDER_INGEST_BLOCK_SUMMARIES_H_
#define FORKDB_RECORDER_INGEST_BLOCK_SUMMARIES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>
#include <vector>

#include "recorder/ingest/start_blocks.h"
#include "store/dimensions.h"
#include "store/record_row.h"

namespace forkdb {

// A summary of some records.
struct BlockSummary {
  // The number of records for each value.
  using Counts = std::unordered_map<int64_t, int64_t>;

  // The lowest and the highest value.
  struct Range {
    int64_t first = std::numeric_limits<int64_t>::max();
    int64_t last = std::numeric_limits<int64_t>::min();

    void Add(int64_t value);
  };

  int64_t records = 0;
  Range times_ns, child_pids, child_starts_ns;
  std::array<Counts, kDimensions.size()> counts;
  std::vector<Creation> creations;

  // created_process: the call succeeded and did not create a thread.
  void Add(const RecordRow& row, bool created_process);
  void Clear();
};

// Use it inside a transaction. After an exception, make a new one. Not
// thread-safe. The database must outlive it.
class BlockSummaries {
 public:
  explicit BlockSummaries(SQLite::Database* database);

  // Whether the block is closed, that is, has a summary.
  bool Has(int64_t block);

  // Starts to follow this block, beginning with the rows that the database has.
  // From then on, call Add() for each new row of the block; then Summarise()
  // need not read the rows again.
  void Open(int64_t block);
  // Adds a row to the block that is followed. Ignores rows of other blocks.
  void Add(const RecordRow& row, bool created_process);

  // Closes the block: writes its summary. Replaces the summary of a closed
  // block that has got late records. Does nothing for a block without records.
  void Summarise(int64_t block);

  // Closes the open blocks of all other streams.
  void CloseOthers(int64_t stream);

  // Returns the lowest id of a record of this boot that created this process.
  // Looks in the closed blocks and the block that is followed. Takes
  // logarithmic time.
  std::optional<int64_t> FindCreation(int64_t boot, int64_t child_pid,
                                      int64_t child_start_ns);

  // Deletes the block's summary. Call it while the block still has its records.
  void Forget(int64_t block);

 private:
  void Read(int64_t block, BlockSummary* summary);
  void Insert(int64_t block, BlockSummary* summary);

  SQLite::Database* database_;
  SQLite::Statement has_, read_, insert_;
  std::vector<SQLite::Statement> insert_counts_;  // one for each dimension
  StartBlocks start_blocks_;
  int64_t open_block_ = 0;  // 0 for none
  BlockSummary open_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_BLOCK_SUMMARIES_H_
