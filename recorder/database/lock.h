// One recorder a database.

#ifndef FORKDB_RECORDER_DATABASE_LOCK_H_
#define FORKDB_RECORDER_DATABASE_LOCK_H_

#include <string>

#include "base/descriptor.h"
#include "store/own_file.h"

namespace forkdb {

// A lock (flock(2)) on the file "-lock" beside the database, in which stands
// "forkdb" and the recorder's pid. The kernel takes it back however the process
// ends; the file goes at an orderly end. Its mode is 0600, so that nobody else
// can open it and hold the lock. Readers and forkdb prune do not care. (The
// database itself will not do: to close any descriptor of it drops SQLite's
// locks.)
//
// A file of that name with other content is never changed. One that is empty is
// locked, but neither written nor deleted. Not thread-safe.
class RecorderLock {
 public:
  // path is the database's; links are followed. Takes nothing yet.
  explicit RecorderLock(const std::string& path);
  ~RecorderLock();
  RecorderLock(const RecorderLock&) = delete;
  RecorderLock& operator=(const RecorderLock&) = delete;

  // Takes the lock if this does not have it already, also if somebody has
  // deleted the file since. Throws DatabaseTrouble; kRefused if another process
  // has it, with that one's pid, or if the file is not forkdb's. A lock that
  // this has stays until it is known that its file has lost its name.
  void Take();

  // Closes the file of a lock that is lost, so that the disk it was on can go.
  // Throws DatabaseTrouble as Take() does.
  void LeaveIfLost();

 private:
  bool Holds() const { return IsFileAt(file_, path_); }
  void TryOnce();

  std::string database_;
  std::string path_;
  Descriptor file_;
  bool ours_ = false;  // the file was written by forkdb
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_LOCK_H_
