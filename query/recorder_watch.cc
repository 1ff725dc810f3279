#include "query/recorder_watch.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "store/lock_path.h"

namespace forkdb {

std::optional<int64_t> FindRecorder(const std::string& database,
                                    const std::string& locks) {
  struct stat status {};
  if (stat(LockPath(database).c_str(), &status) != 0) return std::nullopt;
  // "1: FLOCK  ADVISORY  WRITE 4711 fe:00:393 0 EOF". The device is left alone:
  // some file systems have another one here than stat(2) tells.
  const std::string inode = ":" + std::to_string(status.st_ino);
  std::ifstream lines(locks);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, kind, mode, access, file;
    int64_t pid = 0;
    if (!(words >> number >> kind >> mode >> access >> pid >> file)) continue;
    if (kind != "FLOCK" || access != "WRITE" || pid <= 0) continue;
    if (file.size() > inode.size() &&
        file.compare(file.size() - inode.size(), inode.size(), inode) == 0) {
      return pid;
    }
  }
  return std::nullopt;
}

std::optional<int64_t> FindNewestSeq(const std::string& path) {
  std::ifstream lines(path);
  std::optional<int64_t> newest;
  for (std::string line; std::getline(lines, line);) {
    int64_t seq = 0;
    if (std::istringstream(line) >> seq) newest = seq;
  }
  return newest;
}

std::string RunningBootId() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot_id;
  std::getline(file, boot_id);
  return boot_id;
}

}  // namespace forkdb
