// Ensures that a database has at most one recorder.

#ifndef FORKDB_RECORDER_DATABASE_LOCK_H_
#define FORKDB_RECORDER_DATABASE_LOCK_H_

#include <string>

#include "base/descriptor.h"
#include "store/own_file.h"

namespace forkdb {

// A lock (flock(2)) on the file "-lock" beside the database. The file contains
// "forkdb" and the recorder's pid. The kernel releases the lock however the
// process ends; the destructor deletes the file. Its mode is 0600, so that
// nobody else can open it and hold the lock. Readers and forkdb prune ignore
// the lock. (A lock on the database itself would not work: closing any
// descriptor of it releases SQLite's locks.)
//
// A file of that name with other content is never changed. An empty file is
// locked, but neither written nor deleted. Not thread-safe.
class RecorderLock {
 public:
  // path is the database's path; symbolic links are followed. Does not take the
  // lock yet.
  explicit RecorderLock(const std::string& path);
  ~RecorderLock();
  RecorderLock(const RecorderLock&) = delete;
  RecorderLock& operator=(const RecorderLock&) = delete;

  // Takes the lock, if this does not hold it. If the lock file has been deleted
  // since, takes it again. Throws DatabaseTrouble: kRefused, with the holder's
  // pid, if another process holds the lock, or if the file is not forkdb's. A
  // lock that is held is kept until its file is known to have lost its name.
  void Take();

  // Closes the lock file if it has lost its name, so that its file system can
  // be unmounted. Throws DatabaseTrouble as Take() does.
  void LeaveIfLost();

 private:
  bool Holds() const { return IsFileAt(file_, path_); }
  void TryOnce();

  std::string database_;
  std::string path_;
  Descriptor file_;
  bool ours_ = false;  // forkdb wrote the file
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_LOCK_H_
