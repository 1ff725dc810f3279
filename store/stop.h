// What a command and the thread that watches it (supervise.h) share: a request
// to stop, and the progress.

#ifndef FORKDB_STORE_STOP_H_
#define FORKDB_STORE_STOP_H_

#include <SQLiteCpp/Database.h>

#include <atomic>

#include "terminal/progress.h"

namespace forkdb {

// Is requested once, and stays so. Thread-safe. Owns its descriptor.
class Stop {
 public:
  // Throws Error if no descriptor is left.
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  void Request();
  bool requested() const { return requested_; }
  // Stays readable after the request.
  int fd() const { return fd_; }

  // Where the command reports its progress; nullptr if nobody shows it. Must be
  // set before the command begins, and outlive it.
  ProgressMeter* progress() const { return progress_; }
  void ShowProgress(ProgressMeter* progress) { progress_ = progress; }

 private:
  std::atomic<bool> requested_ = false;
  ProgressMeter* progress_ = nullptr;
  int fd_;
};

// Makes every statement of the connection fail with SQLITE_INTERRUPT after the
// request. SQLite checks every few microseconds, but not inside a function. The
// stop must outlive the connection. nullptr undoes it.
void EndStatementsOn(const Stop* stop, SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_STORE_STOP_H_
