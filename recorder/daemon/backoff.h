// Decides when to try again after a failure.

#ifndef FORKDB_RECORDER_DAEMON_BACKOFF_H_
#define FORKDB_RECORDER_DAEMON_BACKOFF_H_

#include <chrono>
#include <string>

#include "recorder/daemon/moment.h"

namespace forkdb {

// The pause before a new try is 0.1 s at first. It doubles with each failure,
// up to 5 s. Not thread-safe.
class Backoff {
 public:
  using Clock = std::chrono::steady_clock;

  // Notes a failure. Returns whether to report it: false if it is the same
  // trouble as before.
  bool Failed(const std::string& trouble, Clock::time_point now);

  // Notes a success. Returns whether it ends a trouble.
  bool Succeeded();

  // When to try again. Empty if there is no trouble.
  Moment retry() const { return retry_; }
  // The message of the last failure. Empty if there is no trouble.
  const std::string& trouble() const { return trouble_; }
  bool MayTry(Clock::time_point now) const { return !retry_ || now >= *retry_; }

 private:
  std::string trouble_;
  Clock::duration pause_{};
  Moment retry_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_BACKOFF_H_
