// Brings the records of a ring buffer into the order of their numbers.

#ifndef FORKDB_RECORDER_SOURCE_REORDER_BUFFER_H_
#define FORKDB_RECORDER_SOURCE_REORDER_BUFFER_H_

#include <cstdint>
#include <vector>

#include "recorder/source/source.h"
#include "store/record.h"

namespace forkdb {

// Two processors may put their records into the ring buffer in another order
// than that of the numbers, so a hole may be filled a moment later. Records
// wait behind a hole until it is filled or known to be final.
//
// Holds at most what was added last and kMostWaiting records: a hole that is
// further behind the newest record than kMostWaiting numbers is taken for
// final. A record that comes later still is handed over late, and the writer
// takes it out of its gap. Not thread-safe.
class ReorderBuffer {
 public:
  static constexpr int64_t kMostWaiting = Batch::kMaxRecords;

  // Where new records are to be appended, in any order.
  std::vector<Record>* incoming() { return &waiting_; }

  // Moves to the batch all that follows on without a hole, and all up to
  // final_seq: numbers up to it that are not here never will be.
  void HandOver(int64_t final_seq, Batch* batch);

 private:
  std::vector<Record> waiting_;
  int64_t next_seq_ = 1;  // follows the last one handed over
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_REORDER_BUFFER_H_
