// Sleeping until there is work, or the user wants an end.

#ifndef FORKDB_RECORDER_WAITER_H_
#define FORKDB_RECORDER_WAITER_H_

#include <chrono>
#include <optional>

namespace forkdb {

enum class WakeUp { kReady, kTimeout, kStop };

// While it lives, SIGTERM and SIGINT do not end the process but its waits. Make
// it before any thread. Owns its descriptor; not thread-safe.
class Waiter {
 public:
  Waiter();
  ~Waiter();
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Waits until the descriptor has one of the poll(2) events or has hung up
  // (kReady), the time is over, or a signal has come (kStop, from then on
  // always). Without a timeout it waits for ever.
  WakeUp Wait(int fd, short events,
              std::optional<std::chrono::milliseconds> timeout);

  // Sleeps until the source's descriptor is readable, without waking up before,
  // then for the pause, so that drains do not follow each other too closely;
  // POLLPRI (much has gathered) ends the pause. Files without poll support are
  // always readable: only the pause is left. Returns false when a signal came.
  bool WaitForRecords(int fd, std::chrono::milliseconds pause);

 private:
  int signal_fd_;
  bool stop_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_WAITER_H_
