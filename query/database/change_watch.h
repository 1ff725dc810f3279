// Waiting for a recorder to write.

#ifndef FORKDB_QUERY_DATABASE_CHANGE_WATCH_H_
#define FORKDB_QUERY_DATABASE_CHANGE_WATCH_H_

#include <set>
#include <string>
#include <vector>

namespace forkdb {

// Sleeps until databases may have changed, or others have taken their place:
// watches their directories. What changes after it was made is noticed. Owns
// its descriptor; not thread-safe.
class ChangeWatch {
 public:
  // Throws Error if a directory cannot be watched.
  explicit ChangeWatch(const std::vector<std::string>& databases);
  ~ChangeWatch();
  ChangeWatch(const ChangeWatch&) = delete;
  ChangeWatch& operator=(const ChangeWatch&) = delete;

  // Returns true when it is worth a look: after a change, and once more a
  // second after the last one, for SQLite writes first and shows it later.
  // Returns false when stop_fd becomes readable, or nobody is left to read
  // output_fd. Throws Error if a directory goes.
  bool Wait(int stop_fd, int output_fd);

 private:
  // Whether one of the events that have come is of a database.
  bool TakeEvents();

  int fd_;
  std::set<std::string> names_;  // of files, in whichever directory
  bool last_look_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_CHANGE_WATCH_H_
