#include "query/database/change_watch.h"

#include <fmt/core.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>

#include "base/error.h"

namespace forkdb {
namespace {

// The pause after a change, for recorders that write all the time.
constexpr int kPauseMs = 50;
constexpr int kRecheckMs = 1000;

constexpr uint32_t kEvents =
    IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;

}  // namespace

ChangeWatch::ChangeWatch(const std::vector<std::string>& databases)
    : fd_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  for (const std::string& database : databases) {
    std::error_code error;
    const auto path = std::filesystem::weakly_canonical(
        std::filesystem::absolute(database), error);
    const std::string name = path.filename().string();
    names_.insert(name);
    names_.insert(name + "-wal");
    if (inotify_add_watch(fd_, path.parent_path().c_str(), kEvents) < 0) {
      const int error_number = errno;
      close(fd_);
      throw Error(fmt::format("cannot watch: {}: {}",
                              path.parent_path().string(),
                              ErrnoText(error_number)));
    }
  }
}

ChangeWatch::~ChangeWatch() { close(fd_); }

bool ChangeWatch::TakeEvents() {
  bool ours = false;
  alignas(inotify_event) std::array<char, 16384> events{};
  ssize_t size = 0;
  while ((size = read(fd_, events.data(), events.size())) > 0) {
    for (ssize_t at = 0; at < size;) {
      inotify_event event{};
      std::memcpy(&event, events.data() + at, sizeof(event));
      const char* name = events.data() + at + sizeof(event);
      if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF)) != 0) {
        throw Error("the database's directory is gone");
      }
      if ((event.mask & IN_Q_OVERFLOW) != 0 ||
          (event.len > 0 && names_.count(name) > 0)) {
        ours = true;
      }
      at += static_cast<ssize_t>(sizeof(event) + event.len);
    }
  }
  return ours;
}

bool ChangeWatch::Wait(int stop_fd, int output_fd) {
  std::array<pollfd, 3> fds = {
      {{stop_fd, POLLIN, 0}, {output_fd, 0, 0}, {fd_, POLLIN, 0}}};
  for (;;) {
    const int count = poll(fds.data(), fds.size(), recheck_ ? kRecheckMs : -1);
    if (count < 0 && errno != EINTR) {
      throw Error("cannot wait for records: " + ErrnoText(errno));
    }
    if (count < 0) continue;
    if (fds[0].revents != 0 || fds[1].revents != 0) return false;
    if (count == 0) {
      recheck_ = false;
      return true;
    }
    if (TakeEvents()) break;
  }
  recheck_ = true;
  poll(fds.data(), 1, kPauseMs);
  TakeEvents();
  return true;
}

}  // namespace forkdb
