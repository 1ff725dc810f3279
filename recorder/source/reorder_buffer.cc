#include "recorder/source/reorder_buffer.h"

#include <algorithm>
#include <iterator>

namespace forkdb {

void ReorderBuffer::HandOver(int64_t final_seq, Batch* batch) {
  std::sort(waiting_.begin(), waiting_.end(),
            [](const Record& a, const Record& b) { return a.seq < b.seq; });
  if (!waiting_.empty()) {
    final_seq = std::max(final_seq, waiting_.back().seq - kMostWaiting);
  }
  next_seq_ = std::max(next_seq_, final_seq + 1);
  auto end = waiting_.begin();
  while (end != waiting_.end() &&
         (end->seq <= final_seq || end->seq == next_seq_)) {
    next_seq_ = std::max(next_seq_, end->seq + 1);
    ++end;
  }
  batch->records.insert(batch->records.end(),
                        std::make_move_iterator(waiting_.begin()),
                        std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  batch->final_seq = std::max(final_seq, next_seq_ - 1);
}

}  // namespace forkdb
