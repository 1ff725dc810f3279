// The order in which blocks are pruned, and the age of a block.

#ifndef FORKDB_STORE_PRUNING_ORDER_H_
#define FORKDB_STORE_PRUNING_ORDER_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace forkdb {

// A block of numbers that is not pruned yet.
struct BlockAge {
  int64_t block = 0;
  // 0 if the block has only gaps or thinned numbers left.
  int64_t records = 0;
  // Time of its newest record, or of its newest gap if it has no records.
  int64_t last_time_ns = 0;
};

// An older time comes from a clock that was not set: this is the month of Linux
// 6.1, the oldest kernel that forkdb supports.
inline constexpr int64_t kOldestTimeNs = 1'669'852'800'000'000'000;

// Blocks are pruned in the order in which they were recorded: by boot, stream
// and number. No clock changes this order.
//
// A block is as old as its newest record. If that time is before kOldestTimeNs
// or after now, it is wrong: the block is then as old as the next block in this
// order with a plausible time. So a time in the far future does not keep later
// records, and the records of a boot without a clock stay as long as the
// records that follow them.
//
// Only reads. Throws SQLite::Exception. Not thread-safe; the database must
// outlive it.
class PruningOrder {
 public:
  static constexpr int64_t kAnyTime = std::numeric_limits<int64_t>::max();

  explicit PruningOrder(SQLite::Database* database);

  // The block to prune first; nullopt if none is left.
  std::optional<BlockAge> First();

  // The age of First(). Nullopt if no block with a plausible time is left.
  std::optional<int64_t> FirstTime(int64_t now_ns);

  // All blocks, first to last.
  std::vector<BlockAge> All();

  // Removes the blocks that are not older than before_ns from the result of
  // All(). kAnyTime removes none.
  static void KeepOld(int64_t before_ns, int64_t now_ns,
                      std::vector<BlockAge>* blocks);

 private:
  // The next stream with unpruned numbers, by (boot, id); 0 after the last.
  int64_t StreamAfter(int64_t stream);
  // The stream's first closed block after block whose last_time_ns is in the
  // range.
  std::optional<BlockAge> ClosedAfter(int64_t stream, int64_t block,
                                      int64_t first_ns, int64_t last_ns);
  // The stream's last block if it is still open.
  std::optional<BlockAge> LastOpen(int64_t stream);

  SQLite::Statement next_stream_, next_closed_, last_open_;
};

}  // namespace forkdb

#endif  // FORKDB_STORE_PRUNING_ORDER_H_
