// A record of one process creation attempt.

#ifndef FORKDB_STORE_RECORD_H_
#define FORKDB_STORE_RECORD_H_

#include <cstdint>
#include <string>

#include "base/saturate.h"

namespace forkdb {

// The fields of /proc/fork_info version 1, with the same names and meanings
// (lkm/FORMAT.md). The child's fields are 0 if the call failed (ret < 0).
struct Record {
  int64_t seq = 0;
  int64_t time_ns = 0;
  uint64_t flags = 0;
  int32_t exit_signal = 0;
  uint32_t uid = 0;
  int32_t pid = 0;
  int32_t tgid = 0;
  int32_t ppid = 0;
  int64_t start_ns = 0;
  uint32_t pid_ns = 0;
  uint32_t user_ns = 0;
  int32_t ret = 0;
  int32_t child_pid = 0;
  int64_t child_start_ns = 0;
  uint32_t child_pid_ns = 0;
  int32_t child_ns_pid = 0;
  uint32_t child_user_ns = 0;
  std::string comm;  // raw bytes, never NUL

  bool failed() const { return ret < 0; }
};

// Sequence numbers run from 1 to kSeqLimit - 1. As a power of ten, it makes the
// key stream * kSeqLimit + seq readable.
inline constexpr int64_t kSeqLimit = 1'000'000'000'000;

inline constexpr int64_t StreamOf(int64_t id) { return id / kSeqLimit; }
inline constexpr int64_t RecordId(int64_t stream, int64_t seq) {
  return Plus(Times(stream, kSeqLimit), seq);
}

// Numbers per block; schema.sql summarises records by block. Divides kSeqLimit,
// so that no block spans two streams.
inline constexpr int64_t kBlockRecords = 4096;
static_assert(kSeqLimit % kBlockRecords == 0);
// How many blocks a stream's numbers are: block / kStreamBlocks is the stream.
inline constexpr int64_t kStreamBlocks = kSeqLimit / kBlockRecords;

inline constexpr int64_t BlockOf(int64_t id) { return id / kBlockRecords; }
inline constexpr int64_t FirstIdOf(int64_t block) {
  return Times(block, kBlockRecords);
}
inline constexpr int64_t LastIdOf(int64_t block) {
  return Plus(FirstIdOf(block), kBlockRecords - 1);
}

// The table alive has start_ns in units of this: /proc tells no more.
inline constexpr int64_t kTickNs = 10'000'000;

}  // namespace forkdb

#endif  // FORKDB_STORE_RECORD_H_
