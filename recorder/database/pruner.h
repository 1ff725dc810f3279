// Taking the oldest records out of the database, and giving their space back.

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

// Prunes a block of kBlockRecords numbers at a time, whole, with all that
// belongs to it alone (schema.sql, pruned_seq), in the order of PruningOrder.
// Where the size is to shrink, those who fill the database lose their oldest
// records first.
//
// Each call is one short transaction: a recorder can write in between, on this
// connection or another. Throws SQLite::Exception. Not thread-safe; the
// database must outlive it.
class Pruner {
 public:
  static constexpr int64_t kAnyTime = PruningOrder::kAnyTime;

  explicit Pruner(SQLite::Database* database);

  // Deletes the first block if it counts as older than before_ns. With kAnyTime
  // it goes in any case. now_ns is CLOCK_REALTIME. Returns the block.
  std::optional<BlockAge> Prune(int64_t before_ns, int64_t now_ns = kAnyTime);

  // Makes room: thins the next block of those who fill the database (Thinner),
  // or deletes the first block if nothing else would be left in it. Returns the
  // block, with the records that were deleted; nothing if there is nothing.
  std::optional<BlockAge> MakeRoom();

  // Bounds what grows without records to parts of limit_bytes: drains with
  // their rejects, and the table alive. The oldest drains go, and the processes
  // that were last to come.
  void Trim(int64_t limit_bytes);

  // The time that the first block counts as from (PruningOrder).
  std::optional<int64_t> FirstTime(int64_t now_ns) {
    return order_.FirstTime(now_ns);
  }

  // Shortens the file by a bounded number of free pages, but for so many.
  // Returns whether there are more.
  bool GiveBack(int64_t spare_bytes);

  // What the file has in use, without its free pages and the log.
  int64_t UsedBytes() { return UsedBytesOf(database_); }
  // The same, where the database may only be read.
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
