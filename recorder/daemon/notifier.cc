#include "recorder/daemon/notifier.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace forkdb {
namespace {

// Returns the message's first variable, which is its kind.
std::string_view KindOf(std::string_view message) {
  return message.substr(0, message.find('='));
}

// Returns the address in NOTIFY_SOCKET: a path, or an abstract name with a NUL
// byte in place of "@". Returns "" if it is neither.
std::string ReadAddress() {
  const char* value = getenv("NOTIFY_SOCKET");
  std::string address = value == nullptr ? "" : value;
  if (address.size() >= sizeof(sockaddr_un::sun_path)) return "";
  if (address.rfind('@', 0) == 0) {
    address.front() = '\0';
  } else if (address.rfind('/', 0) != 0) {
    return "";
  }
  return address;
}

}  // namespace

Notifier::Notifier(Clock::time_point now) : address_(ReadAddress()) {
  if (!address_.empty()) {
    fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  }
  uint64_t usec = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &usec) <= 0) return;
  period_ = std::chrono::microseconds(usec / 2);
  due_ = now + period_;
}

Notifier::~Notifier() {
  if (fd_ >= 0) close(fd_);
}

bool Notifier::Send(const std::string& message) const {
  if (fd_ < 0) return true;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  const size_t size = offsetof(sockaddr_un, sun_path) + address_.size() +
                      (address_.front() == '/' ? 1 : 0);
  const ssize_t sent =
      sendto(fd_, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&address),
             static_cast<socklen_t>(size));
  // Other errors mean that no manager listens. Then nothing is sent again.
  return sent >= 0 ||
         (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS);
}

void Notifier::Tell(std::string message) {
  const std::string_view kind = KindOf(message);
  unsent_.erase(std::remove_if(unsent_.begin(), unsent_.end(),
                               [&](const std::string& other) {
                                 return KindOf(other) == kind;
                               }),
                unsent_.end());
  if (unsent_.empty() && Send(message)) return;
  unsent_.push_back(std::move(message));
  if (!retry_) retry_ = Clock::now() + kRetry;
}

void Notifier::Ready() {
  if (!std::exchange(is_ready_, true)) Tell("READY=1");
}

void Notifier::Reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t usec = int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  Tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", usec));
  is_ready_ = false;
}

void Notifier::Stopping() { Tell("STOPPING=1"); }

void Notifier::SetStatus(const std::string& status) {
  if (status == status_) return;
  status_ = status;
  Tell("STATUS=" + status);
}

void Notifier::Tend(Clock::time_point now) {
  if (retry_ && now >= *retry_) {
    size_t sent = 0;
    while (sent < unsent_.size() && Send(unsent_[sent])) ++sent;
    unsent_.erase(unsent_.begin(),
                  unsent_.begin() + static_cast<std::ptrdiff_t>(sent));
    retry_.reset();
    if (!unsent_.empty()) retry_ = now + kRetry;
  }
  if (!due_ || now < *due_) return;
  const bool sent = Send("WATCHDOG=1");
  due_ = now + (sent ? period_ : std::min<Clock::duration>(period_, kRetry));
}

}  // namespace forkdb
