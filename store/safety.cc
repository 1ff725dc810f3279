#include "store/safety.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/error.h"

namespace forkdb {
namespace {

bool IsTrusted(uid_t owner) { return owner == 0 || owner == geteuid(); }

std::string DirectoryOf(const std::string& path) {
  const std::filesystem::path parent =
      std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

// What a failing stat(2) means. A file that is not there is safe, and one in a
// directory that this user may not search cannot be opened anyway.
std::string WhyUnknown() {
  const bool harmless = errno == ENOENT || errno == ENOTDIR || errno == EACCES;
  return harmless ? "" : ErrnoText(errno);
}

std::string WhyUnsafeDirectory(const std::string& path) {
  const std::string directory = DirectoryOf(path);
  struct stat status {};
  if (stat(directory.c_str(), &status) != 0) return WhyUnknown();
  if ((status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0) {
    return fmt::format("its directory {} is world-writable: run chmod o-w",
                       directory);
  }
  return "";
}

// A directory's owner can put any file there anyway.
bool OwnsDirectory(const std::string& path, uid_t owner) {
  struct stat directory {};
  return stat(DirectoryOf(path).c_str(), &directory) == 0 &&
         directory.st_uid == owner;
}

}  // namespace

std::string WhyUnsafeFile(const std::string& path, const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return "";  // cannot be opened at all
  if (S_ISLNK(status.st_mode)) return "it is a symbolic link: remove it";
  if (!S_ISREG(status.st_mode)) {
    return "it is not a regular file: choose another with --db";
  }
  if (!IsTrusted(status.st_uid) && !OwnsDirectory(path, status.st_uid)) {
    return fmt::format(
        "it belongs to user {}: run as that user, or choose another file with "
        "--db",
        status.st_uid);
  }
  if ((status.st_mode & S_IWOTH) != 0)
    return "it is world-writable: run chmod o-w";
  if (status.st_nlink > 1) {
    return "it has a second hard link: remove one, or choose another file with "
           "--db";
  }
  return "";
}

std::string WhyUnsafe(const std::string& path) {
  std::string reason = WhyUnsafeDirectory(path);
  if (!reason.empty()) return reason;
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return WhyUnknown();
  if (!S_ISLNK(status.st_mode)) return WhyUnsafeFile(path, status);
  if (!IsTrusted(status.st_uid)) {
    return fmt::format("it is a symbolic link of user {}: remove it",
                       status.st_uid);
  }
  std::error_code error;
  const std::string target =
      std::filesystem::weakly_canonical(path, error).string();
  if (error) return ErrnoText(error.value());
  reason = WhyUnsafeDirectory(target);
  if (!reason.empty()) return reason;
  return stat(target.c_str(), &status) == 0 ? WhyUnsafeFile(target, status)
                                            : WhyUnknown();
}

}  // namespace forkdb
