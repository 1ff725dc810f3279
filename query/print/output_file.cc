#include "query/print/output_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/error.h"

namespace forkdb {
namespace {

constexpr mode_t kMode = 0666;  // before the umask
constexpr mode_t kPrivateMode = 0600;
constexpr char kAccessList[] = "system.posix_acl_access";

// Copies the access control list of a file opened with O_PATH. Returns true if
// both files have the same list or none.
bool CopyAccessList(int from, int to) {
  const std::string path = fmt::format("/proc/self/fd/{}", from);
  std::array<char, 65536> list{};  // Linux's limit for attributes
  const ssize_t size =
      getxattr(path.c_str(), kAccessList, list.data(), list.size());
  if (size >= 0) {
    return fsetxattr(to, kAccessList, list.data(), static_cast<size_t>(size),
                     0) == 0;
  }
  if (errno != ENODATA && errno != EOPNOTSUPP) return false;
  // The directory's default list may have set one.
  return fremovexattr(to, kAccessList) == 0 || errno == ENODATA ||
         errno == EOPNOTSUPP;
}

}  // namespace

OutputFile::OutputFile(const std::string& path, Links links) : path_(path) {
  struct stat status = {};
  int file = -1;
  const bool follow = links == Links::kFollow;
  const bool found = follow && stat(path.c_str(), &status) == 0;
  if (follow && !found && errno != ENOENT) Fail(errno);
  if (found && !S_ISREG(status.st_mode)) {
    is_new_ = false;
    file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    std::error_code error;
    const auto named = std::filesystem::absolute(path);
    const auto target =
        follow ? std::filesystem::weakly_canonical(named, error)
               : std::filesystem::weakly_canonical(named.parent_path(), error) /
                     named.filename();
    if (error) Fail(error.value());
    path_ = target.string();
    directory_ = target.parent_path().string();
    replaced_ =
        Descriptor(open(path_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    // Without its mode, the new file could be open to more users.
    if (!replaced_ && errno != ENOENT) Fail(errno);
    if (replaced_ && fstat(replaced_.get(), &status) != 0) Fail(errno);
    if (!S_ISREG(status.st_mode)) replaced_.Close();
    file = OpenNew();
  }
  if (file < 0) Fail(errno);
  stream_.reset(fdopen(file, "w"));
  if (!stream_) Fail(errno);
}

OutputFile::~OutputFile() { Discard(); }

void OutputFile::Discard() {
  const std::lock_guard<std::mutex> lock(name_mutex_);
  if (!name_.empty()) unlink(name_.c_str());
  name_.clear();
}

int OutputFile::OpenNew() {
  const mode_t mode = replaced_ ? kPrivateMode : kMode;
  const int file =
      open(directory_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
    return file;
  const mode_t mask = umask(0);
  umask(mask);
  std::string name =
      fmt::format("{}/.{}.XXXXXX", directory_,
                  std::filesystem::path(path_).filename().string());
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named < 0) return named;
  name_ = name;
  fchmod(named, mode & ~mask);
  return named;
}

void OutputFile::KeepAccess() {
  const int file = fileno(stream_.get());
  struct stat old {};
  if (fstat(replaced_.get(), &old) != 0) Fail(errno);
  const bool same_owner = fchown(file, old.st_uid, old.st_gid) == 0 ||
                          fchown(file, static_cast<uid_t>(-1), old.st_gid) == 0;
  struct stat now {};
  if (fstat(file, &now) != 0) Fail(errno);
  constexpr mode_t kPermissions = 0777;
  mode_t mode = old.st_mode & kPermissions;
  const bool same_list = CopyAccessList(replaced_.get(), file);
  // With a list, the group bits limit all of its entries.
  if (!same_owner || now.st_gid != old.st_gid || !same_list) {
    mode &= ~static_cast<mode_t>(S_IRWXG);
  }
  if (fchmod(file, mode) != 0) Fail(errno);
}

void OutputFile::GiveName() {
  // Through /proc, as in open(2), because AT_EMPTY_PATH needs a capability.
  const std::string from =
      fmt::format("/proc/self/fd/{}", fileno(stream_.get()));
  const std::string base =
      fmt::format("{}/.{}.{}", directory_,
                  std::filesystem::path(path_).filename().string(), getpid());
  if (linkat(AT_FDCWD, from.c_str(), AT_FDCWD, base.c_str(),
             AT_SYMLINK_FOLLOW) != 0) {
    Fail(errno);
  }
  name_ = base;
}

void OutputFile::Commit() {
  if (std::fflush(stream_.get()) != 0) Fail(errno);
  if (!is_new_) return;
  if (replaced_) KeepAccess();
  if (fsync(fileno(stream_.get())) != 0) Fail(errno);
  // Keep Discard() waiting, so that it does not miss the name.
  const std::lock_guard<std::mutex> lock(name_mutex_);
  if (name_.empty()) GiveName();
  if (rename(name_.c_str(), path_.c_str()) != 0) Fail(errno);
  name_.clear();
}

void OutputFile::Fail(int error) const {
  throw Error(fmt::format("{}: cannot write: {}", path_, ErrnoText(error)));
}

}  // namespace forkdb
