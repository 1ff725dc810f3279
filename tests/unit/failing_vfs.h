// A SQLite VFS whose operations fail when a test says so.

#ifndef FORKDB_TESTS_UNIT_FAILING_VFS_H_
#define FORKDB_TESTS_UNIT_FAILING_VFS_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>

namespace forkdb {

// While it lives, it is SQLite's default VFS: that of the operating system,
// whose opening, writing, syncing, truncating, deleting, locking and sharing of
// memory are counted and can be made to fail. Close all databases before it
// goes. See sqlite.org/vfs.html. Not thread-safe.
class FailingVfs {
 public:
  FailingVfs();
  ~FailingVfs();
  FailingVfs(const FailingVfs&) = delete;
  FailingVfs& operator=(const FailingVfs&) = delete;

  // From now on the operation of that number, from 1, fails, and those that
  // follow it, so many in all.
  void FailFrom(int64_t number, int64_t failures);
  void FailNoMore() { last_ = 0; }

  // How many have failed since FailFrom().
  int64_t failed() const { return failed_; }

  // Counts an operation. Returns whether it fails.
  bool Fails();

  sqlite3_vfs* real() const { return real_; }

 private:
  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  int64_t operations_ = 0;
  int64_t first_ = 0, last_ = 0;
  int64_t failed_ = 0;
};

}  // namespace forkdb

#endif  // FORKDB_TESTS_UNIT_FAILING_VFS_H_
