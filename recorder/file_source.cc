#include "recorder/file_source.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "store/error.h"

namespace forkdb {
namespace {

// As large as the module's buffer, so that a reading is few system calls.
constexpr size_t kBufferSize = 64 * 1024;

// What one Read() takes at most: a line without end must not keep it for ever.
constexpr size_t kMaxRead = 16 * 1024 * 1024;

bool IsFull(const Batch& batch) {
  return batch.records.size() + static_cast<size_t>(batch.rejected) >=
         Batch::kMaxRecords;
}

Error SourceError(const std::string& path, const std::string& reason) {
  return Error(fmt::format("cannot read source: {}: {}", path, reason));
}

int OpenOrThrow(const std::string& path) {
  // A FIFO without O_NONBLOCK would keep open() waiting, deaf to signals.
  const int fd =
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd >= 0) return fd;
  switch (errno) {
    case EACCES:
    case EPERM:
      throw SourceError(path, ErrnoText(errno) +
                                  ": run as root, or as a member of the file's "
                                  "group");
    case ENOENT:
      throw SourceError(path, path == kProcPath
                                  ? "not there: load the module (modprobe "
                                    "fork_info) on a kernel built with "
                                    "CONFIG_FORK_INFO=y"
                                  : ErrnoText(errno) + ": check --source");
    default:
      throw SourceError(path, ErrnoText(errno));
  }
}

bool IsInProcfs(int fd) {
  struct statfs status;
  return fstatfs(fd, &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

}  // namespace

FileSource::FileSource(std::string path, const std::string& boot_id,
                       int64_t now_ns)
    : path_(std::move(path)), fd_(OpenOrThrow(path_)), buffer_(kBufferSize) {
  struct stat status {};
  fstat(fd_, &status);
  is_pipe_ = S_ISFIFO(status.st_mode);
  stream_.attach_ns = now_ns;
  if (IsInProcfs(fd_)) {
    stream_.source = kProc;
    stream_.boot = CurrentBoot();
  } else if (!boot_id.empty()) {
    stream_.source = kProc;
    stream_.boot.boot_id = boot_id;
  } else {
    stream_.source = kFile;
    stream_.boot.boot_id =
        "file:" + std::filesystem::absolute(path_).lexically_normal().string();
  }
  stream_.hook = "kernel_clone";
}

FileSource::~FileSource() { close(fd_); }

ReadResult FileSource::Read(Batch* batch) {
  size_t total = 0;
  while (!IsFull(*batch) && total < kMaxRead) {
    const ssize_t count = read(fd_, buffer_.data(), buffer_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return ReadResult::kAgain;
    if (count < 0) throw SourceError(path_, ErrnoText(errno));
    if (count == 0) {
      if (!is_pipe_) return ReadResult::kEnd;
      // A pipe that nobody has written to is still at its beginning.
      const bool was_written = has_header_;
      Reopen(batch);
      return was_written ? ReadResult::kEnd : ReadResult::kAgain;
    }
    total += static_cast<size_t>(count);
    lines_.Feed(std::string_view(buffer_.data(), static_cast<size_t>(count)),
                [&](std::string_view line) { TakeLine(line, batch); });
    if (!has_header_ && lines_.overlong()) TakeHeader("");
  }
  return ReadResult::kMore;
}

void FileSource::Finish(Batch* batch) {
  RejectRest(batch);
  if (!has_header_ && !is_pipe_) TakeHeader("");
}

PollTarget FileSource::ready() const { return {fd_, POLLIN | POLLPRI}; }

PollTarget FileSource::urgent() const { return {fd_, POLLPRI}; }

void FileSource::TakeLine(std::string_view line, Batch* batch) {
  if (!has_header_ || ParseHeader(line)) {
    TakeHeader(line);
    return;
  }
  if (!line.empty() && line.front() == '#') return;
  Record& record = batch->records.emplace_back();
  std::string reason = ParseRecord(line, &record);
  if (reason.empty()) return;
  batch->records.pop_back();
  batch->Add({std::move(reason), std::string(line)});
}

void FileSource::TakeHeader(std::string_view line) {
  const std::optional<Header> header = ParseHeader(line);
  if (!header) {
    throw SourceError(path_,
                      "not a fork_info file: its first line is not "
                      "\"fork_info - version: …\"");
  }
  if (header->version != kFormatVersion) {
    throw SourceError(path_,
                      fmt::format("format version {}, this forkdb knows {}: "
                                  "upgrade forkdb",
                                  header->version, kFormatVersion));
  }
  stream_.capacity = header->capacity;
  has_header_ = true;
}

void FileSource::Reopen(Batch* batch) {
  RejectRest(batch);
  // A descriptor whose writer has gone is never idle again for poll(2), even if
  // that writer wrote nothing.
  //
  // The new descriptor before the old one goes: what a new writer has put into
  // the pipe meanwhile lives as long as the pipe has a reader.
  const int fd = OpenOrThrow(path_);
  close(std::exchange(fd_, fd));
  has_header_ = false;
}

void FileSource::RejectRest(Batch* batch) {
  std::string rest = lines_.TakeRest();
  if (rest.empty()) return;
  if (!has_header_) TakeHeader(rest);
  batch->Add({"line cut short", std::move(rest)});
}

}  // namespace forkdb
