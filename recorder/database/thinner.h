// Makes room by deleting records of those who fill the database.

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

// Thins closed blocks: deletes the records of the users with the largest shares
// (CutLargest), the oldest of theirs first, and counts them in the table
// thinned. The records of all others stay, with their ids and their caller_id.
//
// To be used inside a transaction, of which each call is a short one's work.
// Throws SQLite::Exception. Not thread-safe; the database must outlive it.
class Thinner {
 public:
  explicit Thinner(SQLite::Database* database);

  // The block that is thinned next, and whether nothing would be left in it.
  // Nothing if no closed block has records to thin.
  struct Target {
    int64_t block = 0;
    bool whole = false;
  };
  std::optional<Target> Find();

  // Thins the block that Find() has just returned. Returns how many records
  // were deleted.
  int64_t Thin(int64_t block);

  // Says instead that the block is deleted by another hand.
  void Spend();

 private:
  // Where the search for the next block is.
  struct Place {
    int64_t boot = 0;
    int64_t stream = 0;
    int64_t block = 0;
  };

  void MakePlan();
  // Of the shares that still have to lose records, the next block of theirs.
  std::optional<int64_t> NextBlock();
  std::optional<int64_t> NextBlockOfStream();
  bool NextStream();
  // Fills temp.doomed with the records of the block that have to go.
  Target Choose(int64_t block);
  void CountThinned(int64_t block);
  // Takes the numbers in gaps of an empty block into the table thinned, and
  // the counts of the empty block before it.
  void CloseEmpty(int64_t block);
  // Cuts a gap in two before this number.
  void SplitGap(int64_t stream, int64_t seq);

  SQLite::Database* database_;
  BlockSummaries blocks_;
  CallerIndex calls_;
  Shares shares_;
  std::vector<Share> plan_;            // those that have to lose something
  std::map<int64_t, int64_t> quotas_;  // records that they still have to lose
  Place place_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_THINNER_H_
