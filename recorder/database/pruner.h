// Deletes the oldest records and returns their space to the file system.

#ifndef FORKDB_RECORDER_DATABASE_PRUNER_H_
#define FORKDB_RECORDER_DATABASE_PRUNER_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>

#include "recorder/database/thinner.h"
#include "recorder/ingest/block_summaries.h"
#include "recorder/ingest/caller_index.h"
#include "store/pruning_order.h"

namespace forkdb {

// Deletes whole blocks of kBlockRecords numbers, with all rows that belong only
// to them (schema.sql, pruned_seq), in the order of PruningOrder. To reduce the
// size, deletes the oldest records of the users with the most records first.
//
// Each call is one short transaction. A recorder can write between two calls,
// on this connection or another. Throws SQLite::Exception. Not thread-safe. The
// database must outlive it.
class Pruner {
 public:
  static constexpr int64_t kAnyTime = PruningOrder::kAnyTime;

  explicit Pruner(SQLite::Database* database);

  // Deletes the first block if it is older than before_ns, or always with
  // kAnyTime. now_ns is CLOCK_REALTIME. Returns the deleted block, if any.
  std::optional<BlockAge> Prune(int64_t before_ns, int64_t now_ns = kAnyTime);

  // Makes room: thins the next block (Thinner). Deletes the first block instead
  // if thinning it would leave no record, or if there is nothing to thin.
  // Returns the block with the number of deleted records, or nullopt if there
  // was nothing to delete.
  std::optional<BlockAge> MakeRoom();

  // Limits the tables that can grow without new records to parts of
  // limit_bytes: drains, rejects and alive. Deletes the oldest drains, and the
  // newest rows of alive.
  void Trim(int64_t limit_bytes);

  // Returns the time that PruningOrder uses for the first block.
  std::optional<int64_t> FirstTime(int64_t now_ns) {
    return order_.FirstTime(now_ns);
  }

  // Removes a bounded number of free pages from the file, and keeps spare_bytes
  // of them. Returns whether there are more to remove.
  bool GiveBack(int64_t spare_bytes);

  // Returns the size of the file in bytes, without free pages and without the
  // log.
  int64_t UsedBytes() { return UsedBytesOf(database_); }
  // The same for a database that is open read-only.
  static int64_t UsedBytesOf(SQLite::Database* database);

 private:
  std::optional<BlockAge> FirstOld(int64_t before_ns, int64_t now_ns);
  void DeleteBlock(int64_t block);
  void Delete(int64_t block);
  void DeleteDrains();
  void DeleteAlive();
  int64_t FreePages();

  SQLite::Database* database_;
  int64_t page_bytes_;
  BlockSummaries blocks_;
  CallerIndex calls_;
  PruningOrder order_;
  Thinner thinner_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_PRUNER_H_
