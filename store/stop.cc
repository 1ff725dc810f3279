#include "store/stop.h"

#include <sqlite3.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"

namespace forkdb {

Stop::Stop() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) throw Error("cannot watch: " + ErrnoText(errno));
}

Stop::~Stop() { close(fd_); }

void Stop::Request() {
  requested_ = true;
  eventfd_write(fd_, 1);
}

void EndStatementsOn(const Stop* stop, SQLite::Database* database) {
  constexpr int kOperations = 1000;  // instructions of SQLite's VM per check
  const auto is_requested = [](void* pointer) {
    return static_cast<const Stop*>(pointer)->requested() ? 1 : 0;
  };
  sqlite3_progress_handler(
      database->getHandle(), stop == nullptr ? 0 : kOperations,
      stop == nullptr ? nullptr : +is_requested, const_cast<Stop*>(stop));
}

}  // namespace forkdb
