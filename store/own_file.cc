#include "store/own_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "store/safety.h"
#include "store/trouble.h"

namespace forkdb {
namespace {

constexpr int kAlways = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

// Whether an error of a system call says that there is no file. Any other error
// says nothing about the file.
bool MeansNoFile(int error_number) {
  return error_number == ENOENT || error_number == ENOTDIR;
}

}  // namespace

std::optional<struct stat> StatFile(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) return status;
  if (MeansNoFile(errno)) return std::nullopt;
  throw FileError(path, errno);
}

std::optional<FileId> FindFile(const std::string& path) {
  const std::optional<struct stat> status = StatFile(path);
  if (!status) return std::nullopt;
  return FileId::Of(*status);
}

std::string ResolveLinks(const std::string& path) {
  // Where this user may not search a directory, opening the path as it is tells
  // so with better advice.
  const auto unresolved = [&](const std::error_code& error) {
    if (error.value() != EACCES) throw FileError(path, error.value());
    return path;
  };
  std::error_code error;
  std::filesystem::path target = std::filesystem::absolute(path, error);
  if (error) return unresolved(error);
  constexpr int kMostLinks = 40;  // the kernel's limit
  for (int i = 0; i < kMostLinks; ++i) {
    const std::filesystem::path next =
        std::filesystem::read_symlink(target, error);
    if (error.value() == EINVAL || MeansNoFile(error.value())) break;
    if (error) return unresolved(error);
    target = target.parent_path() / next;
  }
  const std::filesystem::path resolved =
      std::filesystem::weakly_canonical(target, error);
  return error ? unresolved(error) : resolved.string();
}

Descriptor OpenOwnFile(const std::string& path, int flags) {
  // O_PATH, because opening a device for real can have side effects.
  const Descriptor place(open(path.c_str(), O_PATH | kAlways));
  if (!place && errno == ENOENT) return Descriptor();
  struct stat status {};
  if (!place || fstat(place.get(), &status) != 0) throw FileError(path, errno);
  if (S_ISDIR(status.st_mode)) throw FileError(path, EISDIR);
  const std::string reason = WhyUnsafeFile(path, status);
  if (!reason.empty()) throw DatabaseTrouble::Opening(path, reason);
  Descriptor file(open(path.c_str(), flags | kAlways));
  if (!file) throw FileError(path, errno);
  struct stat opened {};
  if (fstat(file.get(), &opened) != 0) throw FileError(path, errno);
  if (opened.st_dev != status.st_dev || opened.st_ino != status.st_ino) {
    throw DatabaseTrouble::Opening(path, "it was replaced by another file",
                                   DatabaseTrouble::Kind::kPassing);
  }
  return file;
}

Descriptor CreateOwnFile(const std::string& path, mode_t mode) {
  Descriptor file(
      open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | kAlways, mode));
  if (!file && errno != EEXIST) throw FileError(path, errno);
  return file;
}

void GiveToGroup(const std::string& path, gid_t group) {
  const Descriptor file = OpenOwnFile(path, O_PATH);
  if (!file) return;
  struct stat status {};
  if (fstat(file.get(), &status) == 0 && status.st_gid == group) return;
  if (fchownat(file.get(), "", static_cast<uid_t>(-1), group, AT_EMPTY_PATH) !=
      0) {
    throw DatabaseTrouble::Opening(path, ErrnoText(errno));
  }
}

void RenameOwnFile(const std::string& from, const std::string& to) {
  const Descriptor file = OpenOwnFile(from, O_PATH);
  if (!file) return;
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(),
                RENAME_NOREPLACE) == 0) {
    return;
  }
  // Not every file system supports RENAME_NOREPLACE.
  if (errno != EINVAL) throw FileError(from, errno);
  if (FindFile(to)) throw FileError(to, EEXIST);
  if (rename(from.c_str(), to.c_str()) != 0) throw FileError(from, errno);
}

void RemoveOwnFile(const std::string& path, const std::optional<FileId>& id) {
  if (!id || !(FindFile(path) == id)) return;
  if (unlink(path.c_str()) != 0 && !MeansNoFile(errno)) {
    throw FileError(path, errno);
  }
}

bool IsFileAt(const Descriptor& file, const std::string& path) {
  if (!file) return false;
  struct stat ours {};
  if (fstat(file.get(), &ours) != 0) throw FileError(path, errno);
  return FindFile(path) == FileId::Of(ours);
}

}  // namespace forkdb
