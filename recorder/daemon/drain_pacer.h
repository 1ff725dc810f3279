// How soon to look at a source again.

#ifndef FORKDB_RECORDER_DAEMON_DRAIN_PACER_H_
#define FORKDB_RECORDER_DAEMON_DRAIN_PACER_H_

#include <chrono>
#include <cstdint>
#include <optional>

namespace forkdb {

// A source that has poll(2) says when its backlog is urgent. One that has not
// would overflow between two drains of a storm; so the next drain comes before
// records that come as fast as the last ones did fill half of it. For sources
// with poll this is the moment that they would ask for anyway. Not thread-safe.
class DrainPacer {
 public:
  using Clock = std::chrono::steady_clock;

  // Pauses are not shorter than this, unless the interval is.
  static constexpr std::chrono::milliseconds kShortest{10};

  explicit DrainPacer(std::chrono::milliseconds interval)
      : interval_(interval) {}

  // The moment of the next drain, after one that began at now and brought so
  // many records of a source that holds capacity; 0 if that is not known.
  Clock::time_point Next(Clock::time_point now, int64_t records,
                         int64_t capacity);

 private:
  Clock::duration interval_;
  std::optional<Clock::time_point> last_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_DRAIN_PACER_H_
