#include "recorder/daemon/waiter.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include "base/error.h"

namespace forkdb {
namespace {

// poll(2) takes an int of milliseconds.
constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(24);

}  // namespace

Waiter::Waiter(bool reloads)
    : signals_(std::in_place, reloads
                                  ? std::vector<int>{SIGTERM, SIGINT, SIGHUP}
                                  : std::vector<int>{SIGTERM, SIGINT}),
      stop_fd_(signals_->fd()) {}

Waiter::Waiter(const Stop& stop) : stop_fd_(stop.fd()) {}

WakeUp Waiter::Wait(PollTarget target,
                    std::optional<std::chrono::milliseconds> timeout) {
  if (stop_) return WakeUp::kStop;
  if (reload_) return WakeUp::kReload;
  std::array<pollfd, 2> fds = {
      {{stop_fd_, POLLIN, 0}, {target.fd, target.events, 0}}};
  const int timeout_ms = timeout ? static_cast<int>(timeout->count()) : -1;
  const int count = poll(fds.data(), fds.size(), timeout_ms);
  if (count < 0 && errno != EINTR) {
    throw Error("cannot wait for the source: " + ErrnoText(errno));
  }
  if (count > 0 && fds[0].revents != 0) {
    TakeSignals();
    return stop_ ? WakeUp::kStop : WakeUp::kReload;
  }
  return count > 0 ? WakeUp::kReady : WakeUp::kTimeout;
}

// Taken, so that they do not end the process once they are unblocked.
void Waiter::TakeSignals() {
  if (!signals_) {
    pollfd stop = {stop_fd_, POLLIN, 0};
    stop_ = stop_ || poll(&stop, 1, 0) > 0;
    return;
  }
  while (const std::optional<int> signal = signals_->Take()) {
    (*signal == SIGHUP ? reload_ : stop_) = true;
  }
}

WakeUp Waiter::WaitUntil(
    PollTarget target,
    std::optional<std::chrono::steady_clock::time_point> until) {
  using std::chrono::milliseconds;
  if (!until) return Wait(target, std::nullopt);
  // Rounded up, not to wake up a moment too early.
  const auto left = std::chrono::ceil<milliseconds>(
      *until - std::chrono::steady_clock::now());
  return Wait(target, std::clamp(left, milliseconds(0), kLongestWait));
}

bool Waiter::Stopped() {
  TakeSignals();
  return stop_;
}

bool Waiter::TakeReload() {
  TakeSignals();
  return std::exchange(reload_, false);
}

bool Waiter::WaitForRecords(const Source& source,
                            std::chrono::milliseconds pause) {
  return Wait(source.ready(), std::nullopt) != WakeUp::kStop &&
         Wait(source.urgent(), pause) != WakeUp::kStop;
}

}  // namespace forkdb
