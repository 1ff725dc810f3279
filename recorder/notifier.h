// Telling systemd how a recorder is.

#ifndef FORKDB_RECORDER_NOTIFIER_H_
#define FORKDB_RECORDER_NOTIFIER_H_

#include <chrono>
#include <optional>
#include <string>

namespace forkdb {

// Speaks sd_notify(3) where the service manager listens; else does nothing. A
// message that cannot be sent is lost. Not thread-safe.
class Notifier {
 public:
  using Clock = std::chrono::steady_clock;

  // Reads NOTIFY_SOCKET and WATCHDOG_USEC of the environment.
  explicit Notifier(Clock::time_point now);

  // Recording has begun; said once, and once after each Reloading().
  void Ready();
  // All is being opened anew; Ready() is to follow.
  void Reloading();
  // The end has begun.
  void Stopping();
  // One line for systemctl status; the same line is not sent again.
  void SetStatus(const std::string& status);

  // Tells the watchdog that all is well, if half of its time is over.
  void Tend(Clock::time_point now);
  // When Tend() has something to do; nothing where there is no watchdog.
  std::optional<Clock::time_point> due() const { return due_; }

 private:
  bool is_ready_ = false;
  std::string status_;
  Clock::duration period_{};
  std::optional<Clock::time_point> due_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_NOTIFIER_H_
