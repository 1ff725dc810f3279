// Waits until a source is ready, a moment has come, or a signal or a Stop ends
// the wait.

#ifndef FORKDB_RECORDER_DAEMON_WAITER_H_
#define FORKDB_RECORDER_DAEMON_WAITER_H_

#include <optional>

#include "base/signals.h"
#include "recorder/daemon/moment.h"
#include "recorder/source/source.h"
#include "store/stop.h"

namespace forkdb {

enum class WakeUp { kReady, kTimeout, kReload, kStop };

// While it lives, SIGTERM and SIGINT end its waits instead of the process. With
// reloads, so does SIGHUP. Create it before any thread. Not thread-safe.
class Waiter {
 public:
  explicit Waiter(bool reloads = false);
  // Ends its waits at the stop, and does not touch the signals. The stop must
  // outlive it.
  explicit Waiter(const Stop& stop);

  // Returns kReady when the target is ready or has hung up, and kTimeout when
  // the moment has come. Returns kReload after SIGHUP, until TakeReload(), and
  // kStop after another signal or the stop, from then on always. A file without
  // poll support is always ready. Throws Error.
  WakeUp Wait(PollTarget target, const Moment& until);

  // Whether a signal to stop, or the stop, has come. Does not wait.
  bool Stopped();

  // Whether SIGHUP has come since the last call. Does not wait.
  bool TakeReload();

 private:
  void TakeSignals();

  std::optional<Signals> signals_;
  int stop_fd_;  // readable after a signal or the stop
  bool reload_ = false;
  bool stop_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_WAITER_H_
