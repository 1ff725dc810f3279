// Waits until there is work, or a signal or a Stop ends the wait.

#ifndef FORKDB_RECORDER_DAEMON_WAITER_H_
#define FORKDB_RECORDER_DAEMON_WAITER_H_

#include <optional>

#include "base/signals.h"
#include "recorder/daemon/moment.h"
#include "recorder/source/source.h"
#include "store/stop.h"

namespace forkdb {

enum class WakeUp { kReady, kTimeout, kReload, kStop };

// While it lives, SIGTERM and SIGINT end its waits and not the process; if it
// reloads, so does SIGHUP. Make it before any thread. Not thread-safe.
class Waiter {
 public:
  explicit Waiter(bool reloads = false);
  // Leaves the signals alone and ends its waits on the stop, which must outlive
  // it.
  explicit Waiter(const Stop& stop);

  // Waits until the target is ready or has hung up (kReady), until the moment
  // (kTimeout), or until a signal has come: SIGHUP (kReload, until it is taken)
  // or another (kStop, from then on always). Files without poll support are
  // always ready.
  WakeUp Wait(PollTarget target, const Moment& until);

  // Whether a signal has come to stop; does not wait.
  bool Stopped();

  // Whether SIGHUP has come since the last call; does not wait.
  bool TakeReload();

 private:
  void TakeSignals();

  std::optional<Signals> signals_;
  int stop_fd_;  // readable when a signal or the stop has come
  bool reload_ = false;
  bool stop_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_WAITER_H_
