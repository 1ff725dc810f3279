#include "query/database/recorder_watch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string_view>
#include <thread>

#include "base/time.h"

namespace forkdb {
namespace {

// Reads the file if its owner and mode can be trusted.
std::optional<std::string> ReadTrusted(const std::string& path,
                                       uid_t database_owner) {
  const int fd = open(
      path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  std::optional<std::string> text;
  struct stat status {};
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
      status.st_nlink == 1 && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
      (status.st_uid == 0 || status.st_uid == geteuid() ||
       status.st_uid == database_owner)) {
    std::array<char, kRecorderStateBytes> bytes{};
    const ssize_t size = pread(fd, bytes.data(), bytes.size(), 0);
    if (size > 0) text.emplace(bytes.data(), static_cast<size_t>(size));
  }
  close(fd);
  return text;
}

std::optional<RecorderState> ReadState(const std::string& database,
                                       uid_t database_owner) {
  constexpr int kTries = 5;
  for (int i = 0; i < kTries; ++i) {
    const std::optional<std::string> text =
        ReadTrusted(StatusPath(database), database_owner);
    if (!text) return std::nullopt;
    const std::optional<RecorderState> state = ParseRecorderState(*text);
    if (state) return state;
    // The recorder was writing the file.
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return std::nullopt;
}

bool IsFresh(const RecorderState& recorder) {
  const int64_t age_ns = BoottimeNow() - recorder.heartbeat_ns;
  return age_ns >= 0 && age_ns < kSilenceNs;
}

bool Runs(const RecorderState& recorder) {
  if (recorder.pid_namespace != OwnPidNamespace()) return IsFresh(recorder);
  const std::optional<int64_t> started = StartTicks(recorder.pid);
  if (started) return *started == recorder.start_ticks;
  const bool exists =
      kill(static_cast<pid_t>(recorder.pid), 0) == 0 || errno == EPERM;
  const bool is_hidden =
      access(("/proc/" + std::to_string(recorder.pid)).c_str(), F_OK) != 0;
  return exists && is_hidden && IsFresh(recorder);
}

}  // namespace

std::optional<RecorderState> FindRecorder(const std::string& database) {
  struct stat status {};
  if (stat(database.c_str(), &status) != 0) return std::nullopt;
  std::optional<RecorderState> recorder = ReadState(database, status.st_uid);
  if (!recorder || recorder->pid <= 0 || recorder->boot_id != RunningBootId() ||
      recorder->database_inode != static_cast<int64_t>(status.st_ino) ||
      !Runs(*recorder)) {
    return std::nullopt;
  }
  return recorder;
}

bool HasItsLog(const std::string& database, const RecorderState& recorder) {
  if (recorder.log_inode == 0) return true;
  struct stat status {};
  return stat(LogPath(database).c_str(), &status) == 0 &&
         static_cast<int64_t>(status.st_ino) == recorder.log_inode;
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

}  // namespace forkdb
