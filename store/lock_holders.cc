#include "store/lock_holders.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <vector>

#include "base/escape.h"
#include "store/own_file.h"

namespace forkdb {
namespace {

struct Lock {
  bool posix = false;  // else flock(2)
  bool write = false;
  int64_t pid = 0;  // 0 or less if not visible from here
  // The locked bytes, both inclusive.
  int64_t first = 0;
  int64_t last = 0;
};

// SQLite's locked bytes: https://www.sqlite.org/walformat.html, fileformat.html
constexpr int64_t kWriteLock = 120;
constexpr int64_t kRecoverLock = 122;
constexpr int64_t kFirstReadMark = 123;
constexpr int64_t kLastReadMark = 127;
constexpr int64_t kPendingLock = 0x40000000;
constexpr int64_t kReservedLock = kPendingLock + 1;

// Parses "1: POSIX  ADVISORY  WRITE 4711 fe:00:393 0 EOF"; a waiting lock has
// "->" after the number. Ignores the device: on some file systems it differs
// from that of stat(2).
std::vector<Lock> FindLocks(const std::string& path, const std::string& locks) {
  std::vector<Lock> found;
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return found;
  const std::string inode = ":" + std::to_string(status.st_ino);
  std::ifstream lines(locks);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, kind, mode, access, file, last;
    Lock lock;
    if (!(words >> number >> kind >> mode >> access >> lock.pid >> file >>
          lock.first >> last)) {
      continue;
    }
    const bool same =
        file.size() > inode.size() &&
        file.compare(file.size() - inode.size(), inode.size(), inode) == 0;
    if (!same || (kind != "POSIX" && kind != "OFDLCK" && kind != "FLOCK")) {
      continue;
    }
    lock.posix = kind != "FLOCK";
    lock.write = access == "WRITE";
    lock.last = std::numeric_limits<int64_t>::max();
    if (last != "EOF") std::istringstream(last) >> lock.last;
    found.push_back(lock);
  }
  return found;
}

std::string Describe(const Lock& lock) {
  if (lock.pid <= 0) return "a process that is not visible from here";
  const std::string directory = fmt::format("/proc/{}", lock.pid);
  std::string name;
  std::getline(std::ifstream(directory + "/comm"), name);
  struct stat status {};
  if (name.empty() || stat(directory.c_str(), &status) != 0) {
    return fmt::format("process {}", lock.pid);
  }
  return fmt::format("process {} ({}, user {})", lock.pid,
                     EscapeForDisplay(name), status.st_uid);
}

std::string FindOther(const std::string& path, const std::string& locks,
                      const std::function<bool(const Lock&)>& matches) {
  for (const Lock& lock : FindLocks(path, locks)) {
    if (lock.pid != getpid() && matches(lock)) return Describe(lock);
  }
  return "";
}

}  // namespace

std::string DescribeWriteBlocker(const std::string& path,
                                 const std::string& locks) {
  const std::string resolved = ResolveLinks(path);
  const std::string blocker =
      FindOther(resolved + "-shm", locks, [](const Lock& lock) {
        return lock.posix && lock.first <= kRecoverLock &&
               lock.last >= kWriteLock;
      });
  if (!blocker.empty()) return blocker;
  const std::string writer = FindOther(resolved, locks, [](const Lock& lock) {
    return lock.posix && lock.last >= kPendingLock &&
           (lock.write || lock.first <= kReservedLock);
  });
  if (!writer.empty()) return writer;
  // Every reader holds one of these bytes. Only a holder of all blocks writers.
  return FindOther(resolved + "-shm", locks, [](const Lock& lock) {
    return lock.posix && lock.first <= kFirstReadMark &&
           lock.last >= kLastReadMark;
  });
}

std::string DescribeFlockHolder(const std::string& path,
                                const std::string& locks) {
  return FindOther(path, locks, [](const Lock& lock) { return !lock.posix; });
}

}  // namespace forkdb
