// Makes room by deleting records of the users with the most records.

#ifndef FORKDB_RECORDER_DATABASE_THINNER_H_
#define FORKDB_RECORDER_DATABASE_THINNER_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "recorder/database/shares.h"
#include "recorder/ingest/block_summaries.h"
#include "recorder/ingest/caller_index.h"

namespace forkdb {

// Thins closed blocks: deletes the oldest records of the users with the largest
// shares (CutLargest), and counts them in the table thinned. The records of
// other users stay, with their ids and caller_id.
//
// Use it inside a transaction. Each call does the work of one short
// transaction. Throws SQLite::Exception. Not thread-safe. The database must
// outlive it.
class Thinner {
 public:
  explicit Thinner(SQLite::Database* database);

  // The block to thin next, and whether no records would be left in it.
  struct Target {
    int64_t block = 0;
    bool whole = false;
  };
  // Returns nullopt if no closed block has records to thin.
  std::optional<Target> Find();

  // Thins the block that Find() has just returned. Returns how many records it
  // deleted.
  int64_t Thin(int64_t block);

  // Call it instead of Thin() if the whole block is deleted.
  void Spend();

 private:
  // The place where the search for the next block continues.
  struct Place {
    int64_t boot = 0;
    int64_t stream = 0;
    int64_t block = 0;
  };

  void MakePlan();
  // Returns the next block with records of a share that still has to lose some.
  std::optional<int64_t> NextBlock();
  std::optional<int64_t> NextBlockOfStream();
  bool NextStream();
  // Fills temp.doomed with the records of the block to delete.
  Target Choose(int64_t block);
  void CountThinned(int64_t block);
  // Moves the numbers in gaps of an empty block into the table thinned. Merges
  // the counts with those of an empty block before it.
  void CloseEmpty(int64_t block);
  // Splits a gap before this number.
  void SplitGap(int64_t stream, int64_t seq);

  SQLite::Database* database_;
  BlockSummaries blocks_;
  CallerIndex calls_;
  Shares shares_;
  std::vector<Share> plan_;            // shares that have to lose records
  std::map<int64_t, int64_t> quotas_;  // records that they still have to lose
  Place place_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_THINNER_H_
