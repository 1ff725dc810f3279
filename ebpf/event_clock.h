// The wall-clock time of an event.

#ifndef FORKDB_EBPF_EVENT_CLOCK_H_
#define FORKDB_EBPF_EVENT_CLOCK_H_

#include <cstdint>
#include <string>

namespace forkdb {

// Turns an event's time into CLOCK_REALTIME. A plain value, right for the
// moment of its making.
class EventClock {
 public:
  EventClock() = default;

  // For CLOCK_TAI, which is stepped with CLOCK_REALTIME: the times are those
  // that the clock showed at the event, whatever was done to it since.
  static EventClock Tai();

  // For CLOCK_BOOTTIME of the initial time namespace, from whatever time
  // namespace this process is in: the times are as if the clock had been then
  // what it is now.
  static EventClock Boottime();

  // For an event whose clock is this much ahead of CLOCK_REALTIME.
  explicit EventClock(int64_t ahead_ns) : ahead_ns_(ahead_ns) {}

  // Not before 1970, which no database takes.
  int64_t RealtimeOf(int64_t event_ns) const;

 private:
  int64_t ahead_ns_ = 0;
};

// What the time namespace adds to CLOCK_BOOTTIME, in ns, by the text of
// /proc/self/timens_offsets; 0 where it does not say.
int64_t BoottimeOffset(const std::string& timens_offsets);

}  // namespace forkdb

#endif  // FORKDB_EBPF_EVENT_CLOCK_H_
