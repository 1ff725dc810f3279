// Sleeping until there is work, or the user wants an end.

#ifndef FORKDB_RECORDER_DAEMON_WAITER_H_
#define FORKDB_RECORDER_DAEMON_WAITER_H_

#include <chrono>
#include <optional>

#include "base/signals.h"
#include "recorder/source/source.h"
#include "store/stop.h"

namespace forkdb {

enum class WakeUp { kReady, kTimeout, kReload, kStop };

// While it lives, SIGTERM and SIGINT do not end the process but its waits, and
// if it reloads, neither does SIGHUP. Make it before any thread. Not
// thread-safe.
class Waiter {
 public:
  explicit Waiter(bool reloads = false);
  // Leaves the signals alone: the stop comes from whoever watches them.
  explicit Waiter(const Stop& stop);

  // Waits until the target comes true or has hung up (kReady), the time is
  // over, or a signal has come: SIGHUP (kReload, until it is taken) or another
  // (kStop, from then on always). Without a timeout it waits for ever.
  WakeUp Wait(PollTarget target,
              std::optional<std::chrono::milliseconds> timeout);

  // As Wait(), but the time is over at a moment of the steady clock.
  WakeUp WaitUntil(PollTarget target,
                   std::optional<std::chrono::steady_clock::time_point> until);

  // Whether a signal has come to stop; does not wait.
  bool Stopped();

  // Whether one has come to reload since the last time; does not wait.
  bool TakeReload();

  // Sleeps until the source is ready, without waking up before, then for the
  // pause, so that drains do not follow each other too closely; but no longer
  // than until it is urgent. Files without poll support are always ready: only
  // the pause is left. Returns false when a signal came.
  bool WaitForRecords(const Source& source, std::chrono::milliseconds pause);

 private:
  void TakeSignals();

  std::optional<Signals> signals_;
  int stop_fd_;  // readable where there is something to take
  bool reload_ = false;
  bool stop_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_WAITER_H_
