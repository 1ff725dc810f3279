#include "base/time.h"

#include <date/date.h>
#include <fmt/core.h>
#include <time.h>

#include <chrono>

#include "base/duration.h"
#include "base/saturate.h"

namespace forkdb {

std::string FormatUtc(int64_t time_ns) {
  // Days are counted from whole seconds: the first ns that an int64_t holds is
  // of a day that does not begin within it.
  const auto second =
      date::floor<std::chrono::seconds>(std::chrono::nanoseconds(time_ns));
  const int64_t second_ns = Times(second.count(), kNsPerSecond);
  const uint64_t ns =
      static_cast<uint64_t>(time_ns) - static_cast<uint64_t>(second_ns);
  return fmt::format("{}.{:09}Z",
                     date::format("%FT%T", date::sys_seconds(second)), ns);
}

namespace {

int64_t ReadClock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

}  // namespace

int64_t RealtimeNow() { return ReadClock(CLOCK_REALTIME); }

int64_t BoottimeNow() { return ReadClock(CLOCK_BOOTTIME); }

}  // namespace forkdb
