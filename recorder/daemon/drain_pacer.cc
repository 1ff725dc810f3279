#include "recorder/daemon/drain_pacer.h"

#include <algorithm>

namespace forkdb {

DrainPacer::Clock::time_point DrainPacer::Next(Clock::time_point now,
                                               int64_t records,
                                               int64_t capacity) {
  const Clock::duration since = last_ ? now - *last_ : interval_;
  last_ = now;
  if (records <= 0 || capacity <= 0) return now + interval_;
  const double till_half_full = static_cast<double>(since.count()) *
                                static_cast<double>(capacity) / 2 /
                                static_cast<double>(records);
  if (till_half_full >= static_cast<double>(interval_.count())) {
    return now + interval_;
  }
  const Clock::duration pause(static_cast<Clock::rep>(till_half_full));
  return now + std::min(interval_, std::max<Clock::duration>(pause, kShortest));
}

}  // namespace forkdb
