#include "base/log.h"

#include <fmt/core.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/escape.h"

namespace forkdb {
namespace {

// A pipe that polls writable takes kMaxLine bytes without blocking.
bool HasRoom(int fd) {
  pollfd target = {fd, POLLOUT, 0};
  return poll(&target, 1, 0) == 1 && (target.revents & POLLOUT) != 0;
}

}  // namespace

bool IsJournal(int fd, const char* journal_stream) {
  struct stat status {};
  if (journal_stream == nullptr || fstat(fd, &status) != 0) return false;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == journal_stream;
}

Log::Log()
    : Log(STDERR_FILENO, IsJournal(STDERR_FILENO, getenv("JOURNAL_STREAM"))) {}

void Log::Say(Level level, std::string_view text) {
  if (lost_ > 0 &&
      Write(Level::kWarning,
            fmt::format("{} messages could not be written", lost_))) {
    lost_ = 0;
  }
  if (!Write(level, text)) ++lost_;
}

bool Log::Write(Level level, std::string_view text) {
  std::string line =
      is_journal_ ? fmt::format("<{}>", static_cast<int>(level)) : "forkdb: ";
  line += EscapeForDisplay(text);
  if (line.size() >= kMaxLine) {
    constexpr std::string_view kCut = " [cut]";
    size_t end = kMaxLine - kCut.size() - 1;
    // Do not cut inside a UTF-8 character.
    while (end > 0 && (line[end] & 0xc0) == 0x80) --end;
    line.replace(end, std::string::npos, kCut);
  }
  line += '\n';
  return HasRoom(fd_) && write(fd_, line.data(), line.size()) ==
                             static_cast<ssize_t>(line.size());
}

}  // namespace forkdb
