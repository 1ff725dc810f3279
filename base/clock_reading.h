// One moment on two clocks.

#ifndef FORKDB_BASE_CLOCK_READING_H_
#define FORKDB_BASE_CLOCK_READING_H_

#include <cstdint>

#include "base/time.h"

namespace forkdb {

// On the clock that people set, and on the one that nobody can.
struct ClockReading {
  int64_t realtime_ns = 0;
  int64_t boottime_ns = 0;
};

inline ClockReading ReadClocks() { return {RealtimeNow(), BoottimeNow()}; }

}  // namespace forkdb

#endif  // FORKDB_BASE_CLOCK_READING_H_
