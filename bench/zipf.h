// Zipf distributions: few values are common, many are rare.

#ifndef FORKDB_BENCH_ZIPF_H_
#define FORKDB_BENCH_ZIPF_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace forkdb {

// Ranks from 0 to count - 1. Rank r is about 1 / (r + 1) as probable as rank 0.
// Immutable.
class Zipf {
 public:
  // count is at most 4096.
  explicit Zipf(size_t count);

  // Maps a random 64-bit number to a rank.
  size_t Rank(uint64_t random) const { return ranks_[random >> kShift]; }

 private:
  static constexpr int kShift = 48;

  std::vector<uint16_t> ranks_;  // each rank as often as it is probable
};

// Distinct command names of at most 15 bytes, the kernel's limit. Common names
// come first. A few need escapes.
std::vector<std::string> CommandNames(size_t count);

}  // namespace forkdb

#endif  // FORKDB_BENCH_ZIPF_H_
