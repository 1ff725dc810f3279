// One recorder a database.

#ifndef FORKDB_RECORDER_LOCK_H_
#define FORKDB_RECORDER_LOCK_H_

#include <string>

namespace forkdb {

// A lock (flock(2)) on the file "-lock" beside the database, which holds the
// recorder's pid. The kernel takes it back however the process ends; the file
// goes at an orderly end. Readers and forkdb prune do not care. (The database
// itself will not do: to close any descriptor of it drops SQLite's locks.)
// Not thread-safe.
class RecorderLock {
 public:
  // path is the database's; links are followed. Takes nothing yet.
  explicit RecorderLock(const std::string& path);
  ~RecorderLock();
  RecorderLock(const RecorderLock&) = delete;
  RecorderLock& operator=(const RecorderLock&) = delete;

  // Takes the lock if this has it not already, also if somebody has deleted the
  // file since. Throws DatabaseTrouble; if another recorder has it, kRefused
  // with that one's pid.
  void Take();

  // Closes the file of a lock that is lost, so that the disk it was on can go.
  void LeaveIfLost();

 private:
  bool Holds() const;
  void TryOnce();

  std::string database_;
  std::string path_;
  int fd_ = -1;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_LOCK_H_
