// Counts calls that took no number.

#ifndef FORKDB_EBPF_SKIPPED_CALLS_H_
#define FORKDB_EBPF_SKIPPED_CALLS_H_

#include <algorithm>
#include <cstdint>

namespace forkdb {

// A successful call takes its number before it returns, a failed call when it
// returns. So the calls that returned minus the numbers taken are the skipped
// calls, once every numbered call has returned. Until then, each numbered call
// that has not returned (a vfork waits for its child) hides a skipped one. The
// count never decreases and is never too high. A plain value.
class SkippedCalls {
 public:
  // returned must have been read before issued. Returns the new count.
  int64_t Update(int64_t returned, int64_t issued) {
    count_ = std::max(count_, returned - issued);
    return count_;
  }

  int64_t count() const { return count_; }

 private:
  int64_t count_ = 0;
};

}  // namespace forkdb

#endif  // FORKDB_EBPF_SKIPPED_CALLS_H_
