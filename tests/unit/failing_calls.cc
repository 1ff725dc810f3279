#include "tests/unit/failing_calls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

namespace forkdb {
namespace {

thread_local FailingCalls* current = nullptr;

bool Fails(const char* function) {
  return current != nullptr && current->Fails(function);
}

}  // namespace

FailingCalls::FailingCalls(int64_t number, int error)
    : left_(number), error_(error) {
  current = this;
}

FailingCalls::~FailingCalls() { current = nullptr; }

bool FailingCalls::Fails(const char* function) {
  if (--left_ != 0) return false;
  failed_ = function;
  errno = error_;
  return true;
}

int64_t AtEachCall(const std::function<bool(int64_t number)>& run) {
  for (int64_t number = 1;; ++number) {
    SCOPED_TRACE("call " + std::to_string(number));
    if (!run(number) || testing::Test::HasFailure()) return number - 1;
  }
}

}  // namespace forkdb

// Each is named in tests/CMakeLists.txt, too. ld(1), --wrap.
#define FORKDB_WRAP(function, parameters, arguments) \
  int __real_##function parameters;                  \
  int __wrap_##function parameters {                 \
    if (forkdb::Fails(#function)) return -1;         \
    return __real_##function arguments;              \
  }

extern "C" {

FORKDB_WRAP(stat, (const char* path, struct stat* status), (path, status))
FORKDB_WRAP(lstat, (const char* path, struct stat* status), (path, status))
FORKDB_WRAP(fstat, (int fd, struct stat* status), (fd, status))
FORKDB_WRAP(access, (const char* path, int mode), (path, mode))
FORKDB_WRAP(rename, (const char* from, const char* to), (from, to))
FORKDB_WRAP(renameat2,
            (int from_dir, const char* from, int to_dir, const char* to,
             unsigned flags),
            (from_dir, from, to_dir, to, flags))
FORKDB_WRAP(linkat,
            (int from_dir, const char* from, int to_dir, const char* to,
             int flags),
            (from_dir, from, to_dir, to, flags))
FORKDB_WRAP(unlink, (const char* path), (path))
FORKDB_WRAP(flock, (int fd, int operation), (fd, operation))
FORKDB_WRAP(ftruncate, (int fd, off_t size), (fd, size))
FORKDB_WRAP(fsync, (int fd), (fd))
FORKDB_WRAP(fdatasync, (int fd), (fd))
FORKDB_WRAP(fchmod, (int fd, mode_t mode), (fd, mode))
FORKDB_WRAP(fchown, (int fd, uid_t user, gid_t group), (fd, user, group))

int __real_open(const char* path, int flags, ...);
int __wrap_open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const bool has_mode = (flags & (O_CREAT | O_TMPFILE)) != 0;
  const mode_t mode = has_mode ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return forkdb::Fails("open") ? -1 : __real_open(path, flags, mode);
}

ssize_t __real_readlink(const char* path, char* target, size_t size);
ssize_t __wrap_readlink(const char* path, char* target, size_t size) {
  return forkdb::Fails("readlink") ? -1 : __real_readlink(path, target, size);
}

ssize_t __real_pread(int fd, void* bytes, size_t size, off_t at);
ssize_t __wrap_pread(int fd, void* bytes, size_t size, off_t at) {
  return forkdb::Fails("pread") ? -1 : __real_pread(fd, bytes, size, at);
}
}
