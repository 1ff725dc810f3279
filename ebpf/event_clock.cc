#include "ebpf/event_clock.h"

#include <time.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/duration.h"

namespace forkdb {
namespace {

int64_t Now(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

// Returns how far the clock is ahead of CLOCK_REALTIME. Uses the fastest of
// several tries, because the process may be preempted between two readings.
int64_t AheadOfRealtime(clockid_t clock) {
  constexpr int kTries = 3;
  int64_t ahead_ns = 0;
  int64_t shortest_ns = INT64_MAX;
  for (int i = 0; i < kTries; ++i) {
    const int64_t before_ns = Now(clock);
    const int64_t realtime_ns = Now(CLOCK_REALTIME);
    const int64_t took_ns = Now(clock) - before_ns;
    if (took_ns < 0 || took_ns >= shortest_ns) continue;
    shortest_ns = took_ns;
    ahead_ns = before_ns + took_ns / 2 - realtime_ns;
  }
  return ahead_ns;
}

}  // namespace

EventClock EventClock::Tai() {
  // The offset is whole seconds. Rounding removes the time between readings.
  const int64_t ahead_ns = AheadOfRealtime(CLOCK_TAI) + (kNsPerSecond / 2);
  return EventClock(ahead_ns / kNsPerSecond * kNsPerSecond);
}

EventClock EventClock::Boottime() {
  std::ifstream file("/proc/self/timens_offsets");
  const std::string offsets((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
  return EventClock(AheadOfRealtime(CLOCK_BOOTTIME) - BoottimeOffset(offsets));
}

int64_t EventClock::RealtimeOf(int64_t event_ns) const {
  return std::max<int64_t>(0, event_ns - ahead_ns_);
}

int64_t BoottimeOffset(const std::string& timens_offsets) {
  std::istringstream words(timens_offsets);
  std::string clock;
  int64_t seconds = 0;
  int64_t ns = 0;
  while (words >> clock >> seconds >> ns) {
    if (clock == "boottime") return seconds * kNsPerSecond + ns;
  }
  return 0;
}

}  // namespace forkdb
