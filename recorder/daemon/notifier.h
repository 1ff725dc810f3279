// Telling systemd how a recorder is.

#ifndef FORKDB_RECORDER_DAEMON_NOTIFIER_H_
#define FORKDB_RECORDER_DAEMON_NOTIFIER_H_

#include <chrono>
#include <string>
#include <vector>

#include "recorder/daemon/moment.h"

namespace forkdb {

// Speaks the protocol of sd_notify(3) where the service manager listens; else
// does nothing. It never waits: sd_notify() itself blocks for as long as the
// manager does not read its socket. What the socket does not take is sent again
// by Tend(), in order; of the status only the newest. Not thread-safe.
class Notifier {
 public:
  using Clock = std::chrono::steady_clock;

  // How long to wait before a message is sent again.
  static constexpr std::chrono::milliseconds kRetry{1000};

  // Reads NOTIFY_SOCKET and WATCHDOG_USEC of the environment.
  explicit Notifier(Clock::time_point now);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Recording has begun; said once, and once after each Reloading().
  void Ready();
  // All is being opened anew; Ready() is to follow.
  void Reloading();
  // The end has begun.
  void Stopping();
  // One line for systemctl status; the same line is not sent again.
  void SetStatus(const std::string& status);

  // Sends again what was not taken, and tells the watchdog that all is well, if
  // half of its time is over.
  void Tend(Clock::time_point now);
  // When Tend() has something to do.
  Moment due() const { return Earliest({due_, retry_}); }

 private:
  // Sends a message, or keeps it for Tend().
  void Tell(std::string message);
  // Returns false if the socket is full.
  bool Send(const std::string& message) const;

  int fd_ = -1;          // of the socket; -1 where nobody listens
  std::string address_;  // a path, or an abstract name after a NUL byte
  // Few: one of a kind. READY=1, RELOADING=1, STOPPING=1 and the newest STATUS.
  std::vector<std::string> unsent_;
  Moment retry_;
  bool is_ready_ = false;
  std::string status_;
  Clock::duration period_{};
  Moment due_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_NOTIFIER_H_
