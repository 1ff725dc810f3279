// What a command and the thread that watches it (supervise.h) tell each other:
// to stop, and how far it is.

#ifndef FORKDB_STORE_STOP_H_
#define FORKDB_STORE_STOP_H_

#include <SQLiteCpp/Database.h>

#include <atomic>

#include "terminal/progress.h"

namespace forkdb {

// Goes from "go on" to "stop" once. For all threads. Owns its descriptor.
class Stop {
 public:
  // Throws Error if there are no descriptors left.
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  void Request();
  bool requested() const { return requested_; }
  // Becomes readable with the request, and stays so.
  int fd() const { return fd_; }

  // Where the command tells how far it is; NULL where nobody looks. Set before
  // the command begins; must outlive it.
  ProgressMeter* progress() const { return progress_; }
  void ShowProgress(ProgressMeter* progress) { progress_ = progress; }

 private:
  std::atomic<bool> requested_ = false;
  ProgressMeter* progress_ = nullptr;
  int fd_;
};

// From the request on, what the connection does ends with SQLITE_INTERRUPT.
// SQLite looks every few microseconds, but not within a function. The stop must
// outlive the connection. NULL takes it back.
void EndStatementsOn(const Stop* stop, SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_STORE_STOP_H_
