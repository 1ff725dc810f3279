// The tables blocks, comm_blocks, user_blocks, …: what the records hold, one
// block of numbers at a time (schema.sql says what for).

#ifndef FORKDB_RECORDER_BLOCKS_H_
#define FORKDB_RECORDER_BLOCKS_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

namespace forkdb {

// To be used inside a transaction. Not thread-safe; the database must outlive
// it.
class Blocks {
 public:
  explicit Blocks(SQLite::Database* database);

  // Whether the block is closed.
  bool Has(int64_t block);

  // Closes the block, or says anew what a closed block holds after records came
  // in late. Does nothing for a block without records.
  void Summarise(int64_t block);

  // Summarises the open blocks of all streams but this one.
  void CloseOthers(int64_t stream);

  // Opens the block again: takes all out that Summarise() put in. To be called
  // while the block still has its records, before some of them are deleted;
  // Summarise() then closes it with those that are left.
  void Forget(int64_t block);

  // Makes it usable again after an exception.
  void Reset();

 private:
  // How many records have a value.
  using Counts = std::unordered_map<int64_t, int64_t>;

  void InsertCounts(const Counts& counts, int64_t block,
                    SQLite::Statement* insert);

  SQLite::Database* database_;
  SQLite::Statement has_, read_, insert_;
  SQLite::Statement insert_comm_, insert_user_, insert_flag_set_, insert_errno_,
      insert_pid_;
  Counts comms_, users_, flag_sets_, rets_;
  std::unordered_set<int64_t> pids_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_BLOCKS_H_
