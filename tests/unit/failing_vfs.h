// An SQLite VFS whose operations fail on request.

#ifndef FORKDB_TESTS_UNIT_FAILING_VFS_H_
#define FORKDB_TESTS_UNIT_FAILING_VFS_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>

namespace forkdb {

// While it lives, it is SQLite's default VFS and forwards to the real one.
// Counts operations (open, write, sync, truncate, delete, lock and shared
// memory), which can be made to fail. All databases must be closed before
// destruction. See sqlite.org/vfs.html. Not thread-safe.
class FailingVfs {
 public:
  FailingVfs();
  ~FailingVfs();
  FailingVfs(const FailingVfs&) = delete;
  FailingVfs& operator=(const FailingVfs&) = delete;

  // Makes `failures` operations fail, beginning with the number-th from now on
  // (from 1).
  void FailFrom(int64_t number, int64_t failures);
  void FailNoMore() { last_ = 0; }

  // How many operations have failed since FailFrom().
  int64_t failed() const { return failed_; }

  // Counts an operation. Returns true if it must fail.
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
