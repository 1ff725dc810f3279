#include "recorder/pace.h"

#include <algorithm>

namespace forkdb {

Pace::Clock::time_point Pace::Next(Clock::time_point now, int64_t records,
                                   int64_t capacity) {
  const Clock::duration since = last_ ? now - *last_ : interval_;
  last_ = now;
  if (records <= 0 || capacity <= 0) return now + interval_;
  const auto till_half_full = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double, Clock::period>(since) *
      (static_cast<double>(capacity) / 2 / static_cast<double>(records)));
  return now + std::min(interval_,
                        std::max<Clock::duration>(till_half_full, kShortest));
}

}  // namespace forkdb
