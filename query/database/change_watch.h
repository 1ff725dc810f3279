// Waits until a recorder writes.

#ifndef FORKDB_QUERY_DATABASE_CHANGE_WATCH_H_
#define FORKDB_QUERY_DATABASE_CHANGE_WATCH_H_

#include <set>
#include <string>
#include <vector>

namespace forkdb {

// Watches the directories of databases for changed or replaced files. Sees all
// changes after its construction. Owns its descriptor; not thread-safe.
class ChangeWatch {
 public:
  // Throws Error if a directory cannot be watched.
  explicit ChangeWatch(const std::vector<std::string>& databases);
  ~ChangeWatch();
  ChangeWatch(const ChangeWatch&) = delete;
  ChangeWatch& operator=(const ChangeWatch&) = delete;

  // Blocks until databases may have new records, and returns true: after a
  // change, and again one second after the last change, because SQLite writes
  // before it commits. Returns false if stop_fd becomes readable or output_fd
  // has no reader left. Throws Error if a directory disappears.
  bool Wait(int stop_fd, int output_fd);

 private:
  // Reads all events. Returns true if one concerns a database.
  bool TakeEvents();

  int fd_;
  std::set<std::string> names_;  // file names, in any of the directories
  bool recheck_ = false;         // return again without another change
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_CHANGE_WATCH_H_
