// Decides when to drain a source again.

#ifndef FORKDB_RECORDER_DAEMON_DRAIN_PACER_H_
#define FORKDB_RECORDER_DAEMON_DRAIN_PACER_H_

#include <chrono>
#include <cstdint>
#include <optional>

namespace forkdb {

// A source with poll(2) reports when many records wait. A source without it
// could overflow between two drains. So the next drain comes before half of the
// source is full, if records keep coming at the last rate. For a source with
// poll(2), this is when it would report anyway. Not thread-safe.
class DrainPacer {
 public:
  using Clock = std::chrono::steady_clock;

  // The shortest pause, unless the interval is shorter.
  static constexpr std::chrono::milliseconds kShortest{10};

  explicit DrainPacer(std::chrono::milliseconds interval)
      : interval_(interval) {}

  // Returns the moment of the next drain. The last drain began at `now` and
  // brought `records` records. The source holds `capacity` records; 0 if that
  // is not known.
  Clock::time_point Next(Clock::time_point now, int64_t records,
                         int64_t capacity);

 private:
  Clock::duration interval_;
  std::optional<Clock::time_point> last_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_DRAIN_PACER_H_
