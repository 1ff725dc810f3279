// How many calls took no number, by the kernel's own counts.

#ifndef FORKDB_EBPF_SKIPPED_CALLS_H_
#define FORKDB_EBPF_SKIPPED_CALLS_H_

#include <algorithm>
#include <cstdint>

namespace forkdb {

// A successful call takes its number before it returns, a failed one when it
// returns; so calls that returned, less numbers given out, are calls that were
// skipped, if all that have a number have returned. Calls under way (a vfork
// waits for its child) hide as many skipped ones until they return. The count
// never decreases and is never too high. A plain value.
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
