// Converts times of events to CLOCK_REALTIME.

#ifndef FORKDB_EBPF_EVENT_CLOCK_H_
#define FORKDB_EBPF_EVENT_CLOCK_H_

#include <cstdint>
#include <string>

namespace forkdb {

// Holds the offset from CLOCK_REALTIME at its construction. A plain value.
class EventClock {
 public:
  EventClock() = default;

  // For events in CLOCK_TAI. Steps of the clock after an event do not change
  // the event's time.
  static EventClock Tai();

  // For events in CLOCK_BOOTTIME of the initial time namespace; this process
  // may be in another one. A step of the clock after an event shifts the
  // event's time.
  static EventClock Boottime();

  // For events whose clock is ahead_ns ahead of CLOCK_REALTIME.
  explicit EventClock(int64_t ahead_ns) : ahead_ns_(ahead_ns) {}

  // Returns at least 0: databases hold no time before 1970.
  int64_t RealtimeOf(int64_t event_ns) const;

 private:
  int64_t ahead_ns_ = 0;
};

// Returns the time namespace's offset of CLOCK_BOOTTIME in ns, from the text of
// /proc/self/timens_offsets. Returns 0 if the text has none.
int64_t BoottimeOffset(const std::string& timens_offsets);

}  // namespace forkdb

#endif  // FORKDB_EBPF_EVENT_CLOCK_H_
