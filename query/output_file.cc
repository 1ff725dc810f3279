#include "query/output_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "store/error.h"

namespace forkdb {
namespace {

constexpr mode_t kMode = 0666;  // less the umask, as any new file

}  // namespace

OutputFile::OutputFile(const std::string& path, Links links) : path_(path) {
  struct stat status = {};
  int file = -1;
  if (links == Links::kFollow && stat(path.c_str(), &status) == 0 &&
      !S_ISREG(status.st_mode)) {
    is_new_ = false;
    file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    std::error_code error;
    const auto named = std::filesystem::absolute(path);
    const auto target =
        links == Links::kFollow
            ? std::filesystem::weakly_canonical(named, error)
            : std::filesystem::weakly_canonical(named.parent_path(), error) /
                  named.filename();
    if (error) Fail(error.value());
    path_ = target.string();
    directory_ = target.parent_path().string();
    file = OpenNew();
  }
  if (file < 0) Fail(errno);
  stream_.reset(fdopen(file, "w"));
  if (!stream_) Fail(errno);
}

OutputFile::~OutputFile() {
  if (!name_.empty()) unlink(name_.c_str());
}

int OutputFile::OpenNew() {
  const int file =
      open(directory_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode);
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
  fchmod(named, kMode & ~mask);
  return named;
}

void OutputFile::GiveName() {
  // By way of /proc, as open(2) has it: AT_EMPTY_PATH takes a privilege.
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
  if (fsync(fileno(stream_.get())) != 0) Fail(errno);
  if (name_.empty()) GiveName();
  if (rename(name_.c_str(), path_.c_str()) != 0) Fail(errno);
  name_.clear();
}

void OutputFile::Fail(int error) const {
  throw Error(fmt::format("{}: cannot write: {}", path_, ErrnoText(error)));
}

}  // namespace forkdb
