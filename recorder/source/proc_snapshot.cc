#include "recorder/source/proc_snapshot.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace forkdb {
namespace {

constexpr int64_t kThreadDaemon = 2;
// PF_KTHREAD in the flags of /proc/PID/stat.
constexpr uint64_t kKernelThread = 0x00200000;

// A descriptor that is closed on destruction.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }

 private:
  int fd_;
};

// Reads a small file with one read(2). Returns nullopt if its process has
// ended.
std::optional<std::string> Read(int directory, const char* name) {
  const Descriptor file(openat(directory, name, O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return std::nullopt;
  std::array<char, 4096> buffer;
  const ssize_t size = read(file.get(), buffer.data(), buffer.size());
  if (size <= 0) return std::nullopt;
  return std::string(buffer.data(), static_cast<size_t>(size));
}

// Fields of /proc/PID/stat. After the last parenthesis, all of them are numbers
// except the state.
struct Stat {
  int64_t ppid = 0;
  uint64_t flags = 0;
  int64_t start_tick = 0;
};

std::optional<Stat> ParseStat(const std::string& text) {
  const size_t end = text.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(end + 1));
  Stat stat;
  std::string skipped;
  fields >> skipped >> stat.ppid;
  for (int i = 0; i < 4; ++i) fields >> skipped;
  fields >> stat.flags;
  for (int i = 0; i < 12; ++i) fields >> skipped;
  fields >> stat.start_tick;
  if (!fields) return std::nullopt;
  return stat;
}

// Returns the fields of a line of /proc/PID/status. A process name cannot forge
// a line, because the kernel escapes its newlines.
std::istringstream StatusLine(const std::string& status, const char* key) {
  const size_t at = status.find(key);
  if (at == std::string::npos) return std::istringstream();
  const size_t begin = at + std::string_view(key).size();
  return std::istringstream(
      status.substr(begin, status.find('\n', begin) - begin));
}

// The three files are read through one directory, so they belong to one process
// even if its pid is reused.
std::optional<AliveProcess> ReadProcess(int proc, const char* name) {
  const Descriptor directory(
      openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0) return std::nullopt;
  const std::optional<std::string> stat = Read(directory.get(), "stat");
  std::optional<std::string> comm = Read(directory.get(), "comm");
  const std::optional<std::string> status = Read(directory.get(), "status");
  if (!stat || !comm || !status) return std::nullopt;
  const std::optional<Stat> fields = ParseStat(*stat);
  if (!fields) return std::nullopt;
  AliveProcess process;
  process.pid = process.ns_pid = std::stoi(name);
  process.ppid = static_cast<int32_t>(fields->ppid);
  process.start_tick = fields->start_tick;
  if (!(StatusLine(*status, "\nUid:") >> process.uid)) return std::nullopt;
  // The last number is the one in the innermost namespace.
  std::istringstream ns_pids = StatusLine(*status, "\nNSpid:");
  for (int32_t ns_pid = 0; ns_pids >> ns_pid;) process.ns_pid = ns_pid;
  if (!comm->empty() && comm->back() == '\n') comm->pop_back();
  process.comm = std::move(*comm);
  return process;
}

bool IsPid(std::string_view name) {
  constexpr size_t kMostDigits = 9;
  return !name.empty() && name.size() <= kMostDigits &&
         name.find_first_not_of("0123456789") == std::string_view::npos;
}

// Returns why pids or start times here differ from those in records, or "".
std::string WhatIsForeign(int proc) {
  // Kernel threads are in the initial PID namespace only.
  const std::optional<std::string> daemon =
      Read(proc, fmt::format("{}/stat", kThreadDaemon).c_str());
  const std::optional<Stat> stat = daemon ? ParseStat(*daemon) : std::nullopt;
  if (!stat || (stat->flags & kKernelThread) == 0) {
    return "/proc hides processes or belongs to another PID namespace";
  }
  const std::optional<std::string> offsets = Read(proc, "self/timens_offsets");
  std::istringstream words(offsets.value_or(""));
  std::string clock, seconds, ns;
  while (words >> clock >> seconds >> ns) {
    if (clock == "boottime" && (seconds != "0" || ns != "0")) {
      return "forkdb runs in its own time namespace";
    }
  }
  return "";
}

}  // namespace

ProcSnapshot ReadProcSnapshot(const std::string& proc, size_t most) {
  ProcSnapshot reading;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(proc.c_str()),
                                                      closedir);
  if (directory == nullptr) {
    reading.trouble = fmt::format("{}: {}", proc, ErrnoText(errno));
    return reading;
  }
  reading.trouble = WhatIsForeign(dirfd(directory.get()));
  if (!reading.trouble.empty()) return reading;
  while (const dirent* entry = readdir(directory.get())) {
    if (!IsPid(entry->d_name)) continue;
    if (reading.processes.size() == most) {
      reading.trouble = fmt::format("there are more than {} processes", most);
      break;
    }
    std::optional<AliveProcess> process =
        ReadProcess(dirfd(directory.get()), entry->d_name);
    if (process) reading.processes.push_back(std::move(*process));
  }
  return reading;
}

}  // namespace forkdb
