// The order in which records are pruned, and how old a block counts as.

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
  // 0 if only gaps or thinned numbers are left in it.
  int64_t records = 0;
  // Of its newest record. Without records: when its newest gap was noticed.
  int64_t last_time_ns = 0;
};

// No record is older: it is the month of Linux 6.1, the oldest kernel that
// forkdb runs on. An older time comes from a clock that was not set.
inline constexpr int64_t kOldestTimeNs = 1'669'852'800'000'000'000;

// Blocks are pruned in the order in which they were recorded: by boot, stream
// and number. No clock changes this order.
//
// A block counts as old as its newest record. A newest time before
// kOldestTimeNs or after now is wrong, and is not used: the block then counts
// as old as the next block in this order whose time can be right. So a time in
// the far future does not keep what was recorded after it, and a boot without a
// clock keeps its records as long as what was recorded next.
//
// Only reads. Throws SQLite::Exception. Not thread-safe; the database must
// outlive it.
class PruningOrder {
 public:
  static constexpr int64_t kAnyTime = std::numeric_limits<int64_t>::max();

  explicit PruningOrder(SQLite::Database* database);

  // The block that goes first; nothing if all is pruned.
  std::optional<BlockAge> First();

  // The time that First() counts as from. Nothing if no block has a time that
  // can be right, or all is pruned.
  std::optional<int64_t> FirstTime(int64_t now_ns);

  // All blocks, first to last.
  std::vector<BlockAge> All();

  // Cuts All() after the last block that counts as older than before_ns.
  // kAnyTime leaves all of them.
  static void KeepOld(int64_t before_ns, int64_t now_ns,
                      std::vector<BlockAge>* blocks);

 private:
  // The next stream with unpruned numbers, by (boot, id); 0 after the last.
  int64_t StreamAfter(int64_t stream);
  // The first closed block of the stream after this block whose newest time is
  // in the range.
  std::optional<BlockAge> ClosedAfter(int64_t stream, int64_t block,
                                      int64_t first_ns, int64_t last_ns);
  // The stream's last block if it is not closed.
  std::optional<BlockAge> LastOpen(int64_t stream);

  SQLite::Statement next_stream_, next_closed_, last_open_;
};

}  // namespace forkdb

#endif  // FORKDB_STORE_PRUNING_ORDER_H_
