// Going on in trouble.

#ifndef FORKDB_RECORDER_DAEMON_BACKOFF_H_
#define FORKDB_RECORDER_DAEMON_BACKOFF_H_

#include <chrono>
#include <string>

#include "recorder/daemon/moment.h"

namespace forkdb {

// When to try again what has failed: after a tenth of a second, then twice as
// long each time, up to 5 s. Not thread-safe.
class Backoff {
 public:
  using Clock = std::chrono::steady_clock;

  // Returns whether a person should be told: not of the same trouble twice.
  bool Failed(const std::string& trouble, Clock::time_point now);

  // Returns whether that ends a trouble.
  bool Succeeded();

  // The moment of the next try; nothing where there is no trouble.
  Moment retry() const { return retry_; }
  // What has failed; empty where there is no trouble.
  const std::string& trouble() const { return trouble_; }
  bool MayTry(Clock::time_point now) const { return !retry_ || now >= *retry_; }

 private:
  std::string trouble_;
  Clock::duration pause_{};
  Moment retry_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_BACKOFF_H_
