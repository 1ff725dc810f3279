// Few that are common, many that are rare.

#ifndef FORKDB_BENCH_ZIPF_H_
#define FORKDB_BENCH_ZIPF_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace forkdb {

// Draws ranks from 0 to count - 1, rank r with a probability of about
// 1 / (r + 1) of rank 0's. Immutable.
class Zipf {
 public:
  // count is at most 4096.
  explicit Zipf(size_t count);

  // The rank that a random number of 64 bits stands for.
  size_t Rank(uint64_t random) const { return ranks_[random >> kShift]; }

 private:
  static constexpr int kShift = 48;

  std::vector<uint16_t> ranks_;  // as often as they are probable
};

// Names of commands, the common ones first, each different, at most 15 bytes
// as the kernel keeps them, and a few with bytes that must be escaped.
std::vector<std::string> CommandNames(size_t count);

}  // namespace forkdb

#endif  // FORKDB_BENCH_ZIPF_H_
