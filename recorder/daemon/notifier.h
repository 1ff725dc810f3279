// Reports the recorder's state to systemd.

#ifndef FORKDB_RECORDER_DAEMON_NOTIFIER_H_
#define FORKDB_RECORDER_DAEMON_NOTIFIER_H_

#include <chrono>
#include <string>
#include <vector>

#include "recorder/daemon/moment.h"

namespace forkdb {

// Speaks the protocol of sd_notify(3) if a service manager listens, and does
// nothing otherwise. Never blocks; sd_notify() itself blocks while the manager
// does not read its socket. Tend() sends again, in order, what the socket did
// not accept; of several status lines, only the newest. Not thread-safe.
class Notifier {
 public:
  using Clock = std::chrono::steady_clock;

  // The pause before a message is sent again.
  static constexpr std::chrono::milliseconds kRetry{1000};

  // Reads NOTIFY_SOCKET and WATCHDOG_USEC from the environment.
  explicit Notifier(Clock::time_point now);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Recording has begun. Sent once, and once after each Reloading().
  void Ready();
  // The source and the database are being reopened. Call Ready() afterwards.
  void Reloading();
  // The recorder is stopping.
  void Stopping();
  // Sets the line in systemctl status. Does not send the same line twice.
  void SetStatus(const std::string& status);

  // Sends again what was not accepted. Feeds the watchdog when half of its time
  // has passed.
  void Tend(Clock::time_point now);
  // When Tend() is due.
  Moment due() const { return Earliest({due_, retry_}); }

 private:
  // Sends a message. If the socket does not accept it, keeps it for Tend().
  void Tell(std::string message);
  // Returns false if the socket is full.
  bool Send(const std::string& message) const;

  int fd_ = -1;          // the socket; -1 if no manager listens
  std::string address_;  // a path, or an abstract name after a NUL byte
  // At most one of each kind: READY, RELOADING, STOPPING and STATUS.
  std::vector<std::string> unsent_;
  Moment retry_;
  bool is_ready_ = false;
  std::string status_;
  Clock::duration period_{};
  Moment due_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_NOTIFIER_H_
