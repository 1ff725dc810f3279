#include "recorder/database/clock_step_guard.h"

#include <utility>

#include "base/saturate.h"

namespace forkdb {

int64_t ClockStepGuard::Now(int64_t realtime_ns, int64_t boottime_ns) {
  int64_t now_ns = last_ns_.value_or(realtime_ns);
  const int64_t last_boottime_ns =
      std::exchange(last_boottime_ns_, boottime_ns);
  if (last_boottime_ns != 0) {
    now_ns = Plus(now_ns, boottime_ns - last_boottime_ns);
  }
  // A stored time may be any number, so the subtraction must not overflow.
  doubted_ns_ = Minus(realtime_ns, now_ns);
  if (doubted_ns_ > step_ns_) {
    if (!since_ns_) since_ns_ = boottime_ns;
    if (boottime_ns - *since_ns_ < kDoubtedForNs) {
      last_ns_ = now_ns;
      return now_ns;
    }
  }
  since_ns_.reset();
  doubted_ns_ = 0;
  last_ns_ = realtime_ns;
  return realtime_ns;
}

}  // namespace forkdb
