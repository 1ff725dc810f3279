// The same moment on two clocks.

#ifndef FORKDB_BASE_CLOCK_READING_H_
#define FORKDB_BASE_CLOCK_READING_H_

#include <cstdint>

#include "base/time.h"

namespace forkdb {

// Users can set CLOCK_REALTIME, but not CLOCK_BOOTTIME.
struct ClockReading {
  int64_t realtime_ns = 0;
  int64_t boottime_ns = 0;
};

inline ClockReading ReadClocks() { return {RealtimeNow(), BoottimeNow()}; }

}  // namespace forkdb

#endif  // FORKDB_BASE_CLOCK_READING_H_
