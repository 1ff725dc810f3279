#include "recorder/database/heartbeat.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/time.h"
#include "store/database.h"

namespace forkdb {
namespace {

// forkdb status reports a recorder as stuck after 10 s without a heartbeat
// (query/database/recorder_watch.h).
constexpr auto kPause = std::chrono::seconds(3);
constexpr mode_t kMode = 0640;
constexpr mode_t kPermissions = 0666;

int64_t InodeOf(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<int64_t>(status.st_ino)
                                          : 0;
}

// Returns why an existing file must be left alone. Returns "" if a recorder
// wrote it, or created it and was killed before it wrote.
std::string WhyNotOurs(int fd, const std::string& database) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return ErrnoText(errno);
  struct stat beside {};
  const bool is_owners =
      stat(database.c_str(), &beside) == 0 && status.st_uid == beside.st_uid;
  if (status.st_uid != 0 && status.st_uid != geteuid() && !is_owners) {
    return fmt::format("it belongs to user {}: remove it", status.st_uid);
  }
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1) {
    return "it is not a regular file: remove it";
  }
  std::array<char, kRecorderStateBytes> bytes{};
  const ssize_t size = pread(fd, bytes.data(), bytes.size(), 0);
  if (size < 0) return ErrnoText(errno);
  const std::string_view text(bytes.data(), static_cast<size_t>(size));
  if (text.empty() || IsRecorderState(text)) return "";
  return "it was not written by forkdb: move it away";
}

}  // namespace

Heartbeat::Heartbeat(std::string database)
    : database_(std::move(database)), path_(StatusPath(database_)) {
  state_.pid = getpid();
  state_.start_ticks = StartTicks(state_.pid).value_or(0);
  state_.pid_namespace = OwnPidNamespace();
  state_.boot_id = RunningBootId();
  state_.phase = "starts";
}

Heartbeat::~Heartbeat() {
  if (fd_ >= 0 && IsNamed()) unlink(path_.c_str());
  Leave();
}

std::string Heartbeat::Start() {
  if (database_ == kMemoryDatabase) return "";
  if (fd_ >= 0) {
    if (IsNamed()) return "";
    Leave();
  }
  const std::string reason = Open();
  if (reason.empty()) {
    Beat();
    return "";
  }
  if (std::exchange(was_refused_, true)) return "";
  return fmt::format(
      "cannot write {}: {}: forkdb status will not see this "
      "recorder",
      path_, reason);
}

std::string Heartbeat::Open() {
  constexpr int kFlags =
      O_RDWR | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK;
  int fd = open(path_.c_str(), kFlags | O_CREAT | O_EXCL, kMode);
  if (fd < 0 && errno == EEXIST) fd = open(path_.c_str(), kFlags);
  if (fd < 0) return ErrnoText(errno);
  const std::string reason = WhyNotOurs(fd, database_);
  if (!reason.empty()) {
    close(fd);
    return reason;
  }
  fd_ = fd;
  return "";
}

void Heartbeat::NoteOpen() {
  state_.log_inode = InodeOf(LogPath(database_));
  Beat();
}

void Heartbeat::LeaveIfLost() {
  if (fd_ >= 0 && !IsNamed()) Leave();
}

void Heartbeat::Leave() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

bool Heartbeat::IsNamed() const {
  struct stat ours {};
  struct stat named {};
  return fstat(fd_, &ours) == 0 && lstat(path_.c_str(), &named) == 0 &&
         ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

// Lets the users read the file who may read the database, and nobody else.
void Heartbeat::FollowDatabase() {
  struct stat database {};
  struct stat ours {};
  if (stat(database_.c_str(), &database) != 0 || fstat(fd_, &ours) != 0) return;
  if (ours.st_uid != database.st_uid || ours.st_gid != database.st_gid) {
    // If fchown() is not allowed, only the recorder's user can read the file.
    const int changed = fchown(fd_, database.st_uid, database.st_gid);
    if (changed != 0) return;
  }
  // Only the recorder writes it.
  const mode_t mode = database.st_mode & kPermissions & ~(S_IWGRP | S_IWOTH);
  if ((ours.st_mode & 07777) != mode) fchmod(fd_, mode);
}

void Heartbeat::Enter(const char* phase) {
  if (state_.phase == phase) return;
  state_.phase = phase;
  Beat();
}

void Heartbeat::SetTrouble(const std::string& trouble) {
  if (trouble.empty()) {
    if (state_.trouble.empty()) return;
    state_.trouble_since_ns = 0;
  } else if (state_.trouble.empty()) {
    state_.trouble_since_ns = BoottimeNow();
  }
  state_.trouble = trouble;
  Beat();
}

void Heartbeat::NoteIncident(const std::string& incident) {
  state_.incident = incident;
  state_.incident_ns = BoottimeNow();
  Beat();
}

void Heartbeat::Beat() {
  due_ = Clock::now() + kPause;
  if (fd_ < 0) return;
  FollowDatabase();
  state_.database_inode = InodeOf(database_);
  state_.heartbeat_ns = BoottimeNow();
  const std::string text = FormatRecorderState(state_);
  // If a write fails, the next beat tries again.
  const ssize_t written = pwrite(fd_, text.data(), text.size(), 0);
  static_cast<void>(written);
}

void Heartbeat::Tend(Clock::time_point now) {
  if (due() && now >= due_) Beat();
}

std::optional<Heartbeat::Clock::time_point> Heartbeat::due() const {
  if (fd_ < 0) return std::nullopt;
  return due_;
}

}  // namespace forkdb
