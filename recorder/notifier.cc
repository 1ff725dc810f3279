#include "recorder/notifier.h"

#include <systemd/sd-daemon.h>
#include <time.h>

#include <cinttypes>
#include <cstdint>
#include <utility>

namespace forkdb {

Notifier::Notifier(Clock::time_point now) {
  uint64_t usec = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &usec) <= 0) return;
  period_ = std::chrono::microseconds(usec / 2);
  due_ = now + period_;
}

void Notifier::Ready() {
  if (!std::exchange(is_ready_, true)) sd_notify(0, "READY=1");
}

void Notifier::Reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t usec = int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIi64, usec);
  is_ready_ = false;
}

void Notifier::Stopping() { sd_notify(0, "STOPPING=1"); }

void Notifier::SetStatus(const std::string& status) {
  if (status == status_) return;
  status_ = status;
  sd_notify(0, ("STATUS=" + status).c_str());
}

void Notifier::Tend(Clock::time_point now) {
  if (!due_ || now < *due_) return;
  sd_notify(0, "WATCHDOG=1");
  due_ = now + period_;
}

}  // namespace forkdb
