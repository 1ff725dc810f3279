// The time that retention goes by.

#ifndef FORKDB_RECORDER_DATABASE_CLOCK_STEP_GUARD_H_
#define FORKDB_RECORDER_DATABASE_CLOCK_STEP_GUARD_H_

#include <cstdint>
#include <optional>

namespace forkdb {

// CLOCK_REALTIME, but for steps ahead: one longer than a day is not believed
// for an hour, in which somebody, or NTP, can set the clock right before it has
// made all of history look old. Until then its time goes on from the one before
// the step. Steps back are believed, they make nothing old. Times in ns. Not
// thread-safe.
class ClockStepGuard {
 public:
  static constexpr int64_t kDoubtedForNs = 3'600'000'000'000;
  static constexpr int64_t kLongestStepNs = 24 * kDoubtedForNs;

  // Steps of so much are believed at once. The first time is believed if
  // last_ns, a time that has been, is not known.
  explicit ClockStepGuard(int64_t step_ns = kLongestStepNs,
                          std::optional<int64_t> last_ns = std::nullopt)
      : step_ns_(step_ns), last_ns_(last_ns) {}

  // The time now, of which CLOCK_REALTIME says realtime_ns and CLOCK_BOOTTIME
  // boottime_ns.
  int64_t Now(int64_t realtime_ns, int64_t boottime_ns);

  // How far ahead of Now() the clock is; 0 while it is believed.
  int64_t doubted_ns() const { return doubted_ns_; }

 private:
  int64_t step_ns_;
  std::optional<int64_t> last_ns_;
  int64_t last_boottime_ns_ = 0;
  std::optional<int64_t> since_ns_;  // CLOCK_BOOTTIME; when a doubt began
  int64_t doubted_ns_ = 0;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_CLOCK_STEP_GUARD_H_
