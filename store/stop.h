// How a command is told to stop, by a thread that watches the clock and the
// interrupt key (supervise.h).

#ifndef FORKDB_STORE_STOP_H_
#define FORKDB_STORE_STOP_H_

#include <SQLiteCpp/Database.h>

#include <atomic>

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

 private:
  std::atomic<bool> requested_ = false;
  int fd_;
};

// From the request on, what the connection does ends with SQLITE_INTERRUPT.
// SQLite looks every few microseconds, but not within a function. The stop must
// outlive the connection. NULL takes it back.
void EndStatementsOn(const Stop* stop, SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_STORE_STOP_H_
