#include "recorder/lock.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "store/database.h"
#include "store/escape.h"
#include "store/lock_path.h"

namespace forkdb {
namespace {

// The first line, as another recorder wrote it.
std::string ReadPid(int fd) {
  std::array<char, 32> text{};
  const ssize_t size = pread(fd, text.data(), text.size(), 0);
  if (size <= 0) return "?";
  const std::string_view line(text.data(), static_cast<size_t>(size));
  return std::string(line.substr(0, line.find('\n')));
}

void WritePid(int fd) {
  const std::string text = fmt::format("{}\n", getpid());
  // On a full disk it stays empty, and locks all the same.
  if (ftruncate(fd, 0) != 0 || pwrite(fd, text.data(), text.size(), 0) < 0) {
    return;
  }
}

}  // namespace

RecorderLock::RecorderLock(const std::string& path)
    : database_(path), path_(LockPath(path)) {}

RecorderLock::~RecorderLock() {
  // Who waits for the lock of a file that is gone makes a new one (TryOnce).
  if (Holds()) unlink(path_.c_str());
  if (fd_ >= 0) close(fd_);
}

void RecorderLock::Take() {
  if (database_ == kMemoryDatabase) return;
  while (!Holds()) TryOnce();
}

void RecorderLock::LeaveIfLost() {
  if (fd_ >= 0 && !Holds()) close(std::exchange(fd_, -1));
}

bool RecorderLock::Holds() const {
  struct stat ours {};
  struct stat named {};
  return fd_ >= 0 && fstat(fd_, &ours) == 0 &&
         stat(path_.c_str(), &named) == 0 && ours.st_dev == named.st_dev &&
         ours.st_ino == named.st_ino;
}

void RecorderLock::TryOnce() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
  constexpr mode_t kMode = 0640;
  const int fd =
      open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW,
           kMode);
  if (fd < 0) throw FileError(path_, errno);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const std::string pid = ReadPid(fd);
    close(fd);
    throw DatabaseTrouble(
        fmt::format("cannot open database: {}: the recorder with pid {} writes "
                    "into it: end that one, or choose another file with --db",
                    database_, EscapeForDisplay(pid)),
        DatabaseTrouble::Kind::kRefused);
  }
  fd_ = fd;
  if (Holds()) WritePid(fd_);
}

}  // namespace forkdb
