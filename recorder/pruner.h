// Taking the oldest records out of the database, and giving their space back.

#ifndef FORKDB_RECORDER_PRUNER_H_
#define FORKDB_RECORDER_PRUNER_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "recorder/blocks.h"
#include "recorder/calls.h"

namespace forkdb {

// A block of numbers that holds records.
struct BlockAge {
  int64_t block = 0;
  int64_t records = 0;
  int64_t last_time_ns = 0;  // of its newest record
};

// Prunes a block of 4096 numbers at a time, whole, with all that belongs to it
// alone (schema.sql, pruned_seq). Of all streams' lowest blocks the one goes
// first whose newest record is the oldest; so a record never goes before those
// that its stream numbered before it, whatever the clock did.
//
// Each call is one short transaction: a recorder can write in between, on this
// connection or another. Throws SQLite::Exception. Not thread-safe; the
// database must outlive it.
class Pruner {
 public:
  static constexpr int64_t kAnyTime = std::numeric_limits<int64_t>::max();

  explicit Pruner(SQLite::Database* database);

  // The block that goes first; nothing if there are no records.
  std::optional<BlockAge> Oldest();

  // Takes the oldest block out if all its records are from before this time.
  std::optional<BlockAge> Prune(int64_t before_ns);

  // Shortens the file by a bounded number of free pages, but for so many.
  // Returns whether there are more.
  bool GiveBack(int64_t spare_bytes);

  // What the file has in use, without its free pages and the log.
  int64_t UsedBytes() { return UsedBytesOf(database_); }
  // The same, where the database may only be read.
  static int64_t UsedBytesOf(SQLite::Database* database);

 private:
  void Delete(int64_t block);
  void DeleteNames(int64_t block);
  void DeleteDrains();
  void DeleteAlive();
  int64_t FreePages();

  SQLite::Database* database_;
  int64_t page_bytes_;
  Blocks blocks_;
  Calls calls_;
  SQLite::Statement oldest_;
};

// The blocks that Prune() takes, one after the other, until none has all its
// records before this time; with kAnyTime, all. Reads only.
std::vector<BlockAge> PruningOrder(int64_t before_ns,
                                   SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_PRUNER_H_
