// Moments at which work is due.

#ifndef FORKDB_RECORDER_DAEMON_MOMENT_H_
#define FORKDB_RECORDER_DAEMON_MOMENT_H_

#include <chrono>
#include <initializer_list>
#include <optional>

namespace forkdb {

// A time of the steady clock. Empty for never.
using Moment = std::optional<std::chrono::steady_clock::time_point>;

// Returns the earliest moment, or never if all are never.
inline Moment Earliest(std::initializer_list<Moment> moments) {
  Moment earliest;
  for (const Moment& moment : moments) {
    if (moment && (!earliest || *moment < *earliest)) earliest = moment;
  }
  return earliest;
}

inline bool IsDue(const Moment& moment) {
  return moment && std::chrono::steady_clock::now() >= *moment;
}

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_MOMENT_H_
