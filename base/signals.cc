#include "base/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"

namespace forkdb {

Signals::Signals(const std::vector<int>& signals) {
  sigemptyset(&signals_);
  for (const int signal : signals) sigaddset(&signals_, signal);
  fd_ = signalfd(-1, &signals_, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd_ < 0) throw Error("cannot watch signals: " + ErrnoText(errno));
  sigprocmask(SIG_BLOCK, &signals_, &before_);
}

Signals::~Signals() {
  close(fd_);
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> Signals::Take() const {
  signalfd_siginfo info;
  if (read(fd_, &info, sizeof(info)) <= 0) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace forkdb
