// The tables blocks, comm_blocks, user_blocks, …: what the records hold, one
// block of numbers at a time (schema.sql says what for).
// recorder/ingest/caller_index.h has pid_blocks.

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

// What some records hold together.
struct BlockSummary {
  // How many records have a value.
  using Counts = std::unordered_map<int64_t, int64_t>;

  // Lowest and highest.
  struct Range {
    int64_t first = std::numeric_limits<int64_t>::max();
    int64_t last = std::numeric_limits<int64_t>::min();

    void Add(int64_t value);
  };

  int64_t records = 0;
  Range times_ns, child_pids, child_starts_ns;
  std::array<Counts, kDimensions.size()> counts;
  std::vector<Creation> creations;

  // created_process: the call succeeded and made no thread.
  void Add(const RecordRow& row, bool created_process);
  void Clear();
};

// To be used inside a transaction. After an exception, make a new one. Not
// thread-safe; the database must outlive it.
class BlockSummaries {
 public:
  explicit BlockSummaries(SQLite::Database* database);

  // Whether the block is closed.
  bool Has(int64_t block);

  // Follows this block from what the database has of it on: Add() is to be
  // called for each of its rows, and Summarise() need not read them again.
  void Open(int64_t block);
  // Passes over rows of other blocks.
  void Add(const RecordRow& row, bool created_process);

  // Closes the block, or says anew what a closed block holds after records came
  // in late. Does nothing for a block without records.
  void Summarise(int64_t block);

  // Summarises the open blocks of all streams but this one.
  void CloseOthers(int64_t stream);

  // The lowest id of a record of this boot that created this process, in the
  // closed blocks and the one that is followed. Takes logarithmic time.
  std::optional<int64_t> FindCreation(int64_t boot, int64_t child_pid,
                                      int64_t child_start_ns);

  // Takes all out that Summarise() put in. To be called while the block still
  // has its records.
  void Forget(int64_t block);

 private:
  void Read(int64_t block, BlockSummary* summary);
  void Insert(int64_t block, BlockSummary* summary);

  SQLite::Database* database_;
  SQLite::Statement has_, read_, insert_;
  std::vector<SQLite::Statement> insert_counts_;  // one a dimension
  StartBlocks start_blocks_;
  int64_t open_block_ = 0;  // 0 for none
  BlockSummary open_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_BLOCK_SUMMARIES_H_
