#include "recorder/database/lock.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <string_view>

#include "store/database.h"
#include "store/lock_holders.h"
#include "store/lock_path.h"

namespace forkdb {
namespace {

constexpr std::string_view kStart = "forkdb ";
constexpr mode_t kMode = 0600;

std::string ReadText(const Descriptor& file) {
  std::array<char, 64> text{};
  const ssize_t size = pread(file.get(), text.data(), text.size(), 0);
  return {text.data(), size < 0 ? 0 : static_cast<size_t>(size)};
}

// Returns the pid in a text that WritePid() wrote, or "" for another text.
std::string_view PidIn(std::string_view text) {
  if (text.substr(0, kStart.size()) != kStart || text.back() != '\n') return "";
  text.remove_prefix(kStart.size());
  text.remove_suffix(1);
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
  return digits ? text : "";
}

// On a full disk the file stays empty, but the lock is held.
void WritePid(const Descriptor& file) {
  const std::string text = fmt::format("{}{}\n", kStart, getpid());
  if (ftruncate(file.get(), 0) != 0 ||
      pwrite(file.get(), text.data(), text.size(), 0) < 0) {
    return;
  }
}

}  // namespace

RecorderLock::RecorderLock(const std::string& path)
    : database_(path), path_(LockPath(path)) {}

RecorderLock::~RecorderLock() {
  try {
    // A recorder that opened the file just before it is deleted creates a new
    // one (TryOnce).
    if (ours_ && Holds()) unlink(path_.c_str());
  } catch (const DatabaseTrouble&) {
    // The next recorder reuses a lock file that is left.
  }
}

void RecorderLock::Take() {
  if (database_ == kMemoryDatabase) return;
  while (!Holds()) TryOnce();
}

void RecorderLock::LeaveIfLost() {
  if (!Holds()) file_.Close();
}

void RecorderLock::TryOnce() {
  file_.Close();
  Descriptor file = OpenOwnFile(path_, O_RDWR);
  const bool created = !file;
  if (created) file = CreateOwnFile(path_, kMode);
  if (!file) return;  // another recorder was faster
  const bool locked = flock(file.get(), LOCK_EX | LOCK_NB) == 0;
  if (!locked && errno != EWOULDBLOCK) throw FileError(path_, errno);
  const std::string text = ReadText(file);
  const std::string_view pid = PidIn(text);
  if (!text.empty() && pid.empty()) {
    throw DatabaseTrouble::Opening(path_,
                                   "it is not forkdb's lock file: move it "
                                   "away, or choose another file with --db");
  }
  if (!locked) {
    const std::string holder = DescribeFlockHolder(path_);
    throw DatabaseTrouble(
        fmt::format(
            "cannot open database: {}: {}: stop it, or choose another file "
            "with --db",
            database_,
            pid.empty()
                ? (holder.empty() ? "a process" : holder) + " holds its lock"
                : fmt::format("the recorder with pid {} is using it", pid)),
        DatabaseTrouble::Kind::kRefused);
  }
  file_ = std::move(file);
  ours_ = created || !text.empty();
  if (!Holds() || !ours_) return;
  fchmod(file_.get(), kMode);
  WritePid(file_);
}

}  // namespace forkdb
