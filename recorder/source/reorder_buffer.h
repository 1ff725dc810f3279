// Sorts the records of a ring buffer by their numbers.

#ifndef FORKDB_RECORDER_SOURCE_REORDER_BUFFER_H_
#define FORKDB_RECORDER_SOURCE_REORDER_BUFFER_H_

#include <cstdint>
#include <vector>

#include "recorder/source/source.h"
#include "store/record.h"

namespace forkdb {

// Two processors may put their records into the ring buffer in a different
// order than their numbers, so a missing number may come a moment later.
// Records after a missing number wait until it comes or is known to be lost.
//
// Holds at most the records added last and kMostWaiting others: a number that
// is more than kMostWaiting below the newest is taken for lost. If its record
// comes after all, it is handed over late, and the writer removes it from the
// gap. Not thread-safe.
class ReorderBuffer {
 public:
  static constexpr int64_t kMostWaiting = Batch::kMaxRecords;

  // New records are appended here, in any order.
  std::vector<Record>* incoming() { return &waiting_; }

  // Moves to the batch the records up to the first missing number, and all
  // records up to final_seq. Numbers up to final_seq that have not come are
  // lost.
  void HandOver(int64_t final_seq, Batch* batch);

 private:
  std::vector<Record> waiting_;
  int64_t next_seq_ = 1;  // the lowest number not yet handed over
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_REORDER_BUFFER_H_
