#include "recorder/source/file_source.h"

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

#include "base/descriptor.h"
#include "base/error.h"
#include "base/time.h"

namespace forkdb {
namespace {

// As large as the module's buffer, so that a reading needs few system calls.
constexpr size_t kBufferSize = 64 * 1024;

// The most that one Read() takes. An endless line must not keep it busy
// forever.
constexpr size_t kMaxRead = 16 * 1024 * 1024;

std::string Describe(const std::string& path, const std::string& reason) {
  return fmt::format("cannot read source: {}: {}", path, reason);
}

Error SourceError(const std::string& path, const std::string& reason) {
  return Error(Describe(path, reason));
}

std::string OpenReason(const std::string& path, int error_number) {
  const std::string reason = ErrnoText(error_number);
  switch (error_number) {
    case EACCES:
    case EPERM:
      return reason + ": run as root, or as a member of the file's group";
    case ENOENT:
      return path == kProcPath
                 ? "not there: load the module (modprobe fork_info) on a "
                   "kernel built with CONFIG_FORK_INFO=y"
                 : reason + ": check --source";
    default:
      return reason;
  }
}

// Without O_NONBLOCK, open() of a FIFO would wait for a writer, and no signal
// would end the wait.
Descriptor OpenFile(const std::string& path) {
  return Descriptor(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

// Throws Error.
bool IsInProcfs(const Descriptor& file, const std::string& path) {
  struct statfs status;
  if (fstatfs(file.get(), &status) != 0) {
    throw SourceError(path, ErrnoText(errno));
  }
  return status.f_type == PROC_SUPER_MAGIC;
}

}  // namespace

FileSource::FileSource(std::string path, const std::string& boot_id,
                       int64_t now_ns)
    : path_(std::move(path)), buffer_(kBufferSize) {
  Open();
  struct stat status {};
  // If a pipe were taken for a file, Rewind() would reopen it, but a pipe cannot
  // be read again.
  if (fstat(file_.get(), &status) != 0) {
    throw SourceError(path_, ErrnoText(errno));
  }
  is_pipe_ = S_ISFIFO(status.st_mode);
  stream_.attach_ns = now_ns;
  if (IsInProcfs(file_, path_)) {
    stream_.source = kProc;
    stream_.boot = CurrentBoot();
    stream_.attach_boottime_ns = BoottimeNow();
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

void FileSource::Open() {
  Descriptor file = OpenFile(path_);
  if (!file) {
    const std::string what = Describe(path_, OpenReason(path_, errno));
    if (was_read_) throw SourceGone(what);
    throw Error(what);
  }
  // The old descriptor is closed only now. A new writer may have filled the
  // pipe already, and the pipe keeps the data only while it has a reader.
  file_ = std::move(file);
}

bool FileSource::Rewind() {
  // A pipe cannot be read again. The file in /proc cannot seek, so it is
  // reopened.
  if (is_pipe_) return false;
  file_.Close();
  lines_.TakeRest();
  has_header_ = false;
  return true;
}

ReadResult FileSource::Read(Batch* batch) {
  if (!file_) Open();
  size_t total = 0;
  while (!batch->full() && total < kMaxRead) {
    const ssize_t count = read(file_.get(), buffer_.data(), buffer_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return ReadResult::kAgain;
    if (count < 0) {
      const std::string reason = ErrnoText(errno);
      if (!was_read_) throw SourceError(path_, reason);
      Rewind();
      throw SourceGone(Describe(path_, reason));
    }
    was_read_ = true;
    if (count == 0) {
      if (!is_pipe_) return ReadResult::kEnd;
      // A pipe that nobody has written to has not ended.
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

ReadResult FileSource::Finish(Batch* batch) {
  RejectRest(batch);
  if (!has_header_ && !is_pipe_) TakeHeader("");
  return ReadResult::kEnd;
}

PollTarget FileSource::ready() const { return {file_.get(), POLLIN | POLLPRI}; }

PollTarget FileSource::urgent() const { return {file_.get(), POLLPRI}; }

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
  // Once the last writer has closed the pipe, poll(2) always reports POLLHUP for
  // this descriptor, even if nothing was written.
  has_header_ = false;
  Open();
}

void FileSource::RejectRest(Batch* batch) {
  std::string rest = lines_.TakeRest();
  if (rest.empty()) return;
  if (!has_header_) TakeHeader(rest);
  batch->Add({"line cut short", std::move(rest)});
}

}  // namespace forkdb
