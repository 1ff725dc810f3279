// The clock that retention uses.

#ifndef FORKDB_RECORDER_DATABASE_CLOCK_STEP_GUARD_H_
#define FORKDB_RECORDER_DATABASE_CLOCK_STEP_GUARD_H_

#include <cstdint>
#include <optional>

namespace forkdb {

// CLOCK_REALTIME, but a step forward of more than a day is ignored for an hour.
// Otherwise a wrong clock would make all records look old at once; in an hour
// somebody, or NTP, can correct it. Meanwhile the time continues from the time
// before the step. Steps back are accepted, because they make nothing old.
// Times are in ns. Not thread-safe.
class ClockStepGuard {
 public:
  static constexpr int64_t kDoubtedForNs = 3'600'000'000'000;
  static constexpr int64_t kLongestStepNs = 24 * kDoubtedForNs;

  // Steps of up to step_ns are accepted at once. last_ns is a time in the past.
  // Without it, the first time is accepted.
  explicit ClockStepGuard(int64_t step_ns = kLongestStepNs,
                          std::optional<int64_t> last_ns = std::nullopt)
      : step_ns_(step_ns), last_ns_(last_ns) {}

  // Returns the time. The arguments are CLOCK_REALTIME and CLOCK_BOOTTIME now.
  int64_t Now(int64_t realtime_ns, int64_t boottime_ns);

  // How far the clock is ahead of Now(). 0 if its time is accepted.
  int64_t doubted_ns() const { return doubted_ns_; }

 private:
  int64_t step_ns_;
  std::optional<int64_t> last_ns_;
  int64_t last_boottime_ns_ = 0;
  std::optional<int64_t> since_ns_;  // CLOCK_BOOTTIME of the step
  int64_t doubted_ns_ = 0;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_CLOCK_STEP_GUARD_H_
