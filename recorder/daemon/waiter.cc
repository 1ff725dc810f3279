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

// Returns a timeout for poll(2). Rounds up, so that poll() does not end too
// early.
int MillisecondsUntil(const Moment& until) {
  using std::chrono::milliseconds;
  constexpr milliseconds kLongest = std::chrono::hours(24);
  if (!until) return -1;
  const auto left = std::chrono::ceil<milliseconds>(
      *until - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp(left, milliseconds(0), kLongest).count());
}

}  // namespace

Waiter::Waiter(bool reloads)
    : signals_(std::in_place, reloads
                                  ? std::vector<int>{SIGTERM, SIGINT, SIGHUP}
                                  : std::vector<int>{SIGTERM, SIGINT}),
      stop_fd_(signals_->fd()) {}

Waiter::Waiter(const Stop& stop) : stop_fd_(stop.fd()) {}

WakeUp Waiter::Wait(PollTarget target, const Moment& until) {
  if (stop_) return WakeUp::kStop;
  if (reload_) return WakeUp::kReload;
  std::array<pollfd, 2> fds = {
      {{stop_fd_, POLLIN, 0}, {target.fd, target.events, 0}}};
  const int count = poll(fds.data(), fds.size(), MillisecondsUntil(until));
  if (count < 0 && errno != EINTR) {
    throw Error("cannot wait for the source: " + ErrnoText(errno));
  }
  if (count > 0 && fds[0].revents != 0) {
    TakeSignals();
    return stop_ ? WakeUp::kStop : WakeUp::kReload;
  }
  return count > 0 ? WakeUp::kReady : WakeUp::kTimeout;
}

// Takes the signals from the kernel, so that they do not end the process when
// they are unblocked.
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

bool Waiter::Stopped() {
  TakeSignals();
  return stop_;
}

bool Waiter::TakeReload() {
  TakeSignals();
  return std::exchange(reload_, false);
}

}  // namespace forkdb
