// Saturating arithmetic for numbers read from a database: anyone may have
// written it, so every number can be any int64_t.

#ifndef FORKDB_BASE_SATURATE_H_
#define FORKDB_BASE_SATURATE_H_

#include <cstdint>
#include <limits>

namespace forkdb {

inline constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

inline constexpr int64_t Plus(int64_t left, int64_t right) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(left, right, &sum)) return sum;
  return right < 0 ? kLowest : kHighest;
}

inline constexpr int64_t Minus(int64_t left, int64_t right) {
  int64_t difference = 0;
  if (!__builtin_sub_overflow(left, right, &difference)) return difference;
  return right < 0 ? kHighest : kLowest;
}

inline constexpr int64_t Times(int64_t left, int64_t right) {
  int64_t product = 0;
  if (!__builtin_mul_overflow(left, right, &product)) return product;
  return (left < 0) == (right < 0) ? kHighest : kLowest;
}

}  // namespace forkdb

#endif  // FORKDB_BASE_SATURATE_H_
