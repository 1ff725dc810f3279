#include "store/decode.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <utility>

namespace forkdb {
namespace {

using NamedFlag = std::pair<uint64_t, std::string_view>;

constexpr std::string_view kClonePrefix = "CLONE_";

constexpr std::array<NamedFlag, 31> kCloneFlags = {{
    {1ULL << 7, "CLONE_NEWTIME"},
    {1ULL << 8, "CLONE_VM"},
    {1ULL << 9, "CLONE_FS"},
    {1ULL << 10, "CLONE_FILES"},
    {1ULL << 11, "CLONE_SIGHAND"},
    {1ULL << 12, "CLONE_PIDFD"},
    {1ULL << 13, "CLONE_PTRACE"},
    {1ULL << 14, "CLONE_VFORK"},
    {1ULL << 15, "CLONE_PARENT"},
    {1ULL << 16, "CLONE_THREAD"},
    {1ULL << 17, "CLONE_NEWNS"},
    {1ULL << 18, "CLONE_SYSVSEM"},
    {1ULL << 19, "CLONE_SETTLS"},
    {1ULL << 20, "CLONE_PARENT_SETTID"},
    {1ULL << 21, "CLONE_CHILD_CLEARTID"},
    {1ULL << 22, "CLONE_DETACHED"},
    {1ULL << 23, "CLONE_UNTRACED"},
    {1ULL << 24, "CLONE_CHILD_SETTID"},
    {1ULL << 25, "CLONE_NEWCGROUP"},
    {1ULL << 26, "CLONE_NEWUTS"},
    {1ULL << 27, "CLONE_NEWIPC"},
    {1ULL << 28, "CLONE_NEWUSER"},
    {1ULL << 29, "CLONE_NEWPID"},
    {1ULL << 30, "CLONE_NEWNET"},
    {1ULL << 31, "CLONE_IO"},
    {1ULL << 32, "CLONE_CLEAR_SIGHAND"},
    {1ULL << 33, "CLONE_INTO_CGROUP"},
    {1ULL << 34, "CLONE_AUTOREAP"},
    {1ULL << 35, "CLONE_NNP"},
    {1ULL << 36, "CLONE_PIDFD_AUTOKILL"},
    {1ULL << 37, "CLONE_EMPTY_MNTNS"},
}};

// From include/linux/errno.h: how the kernel restarts a call that a signal
// interrupted. User space never sees these codes, but tracers and forkdb do.
struct RestartCode {
  int number;
  std::string_view name;
  std::string_view description;
};
constexpr std::array<RestartCode, 4> kRestartCodes = {{
    {512, "ERESTARTSYS", "Interrupted by a signal; restarted if SA_RESTART"},
    {513, "ERESTARTNOINTR", "Interrupted by a signal; always restarted"},
    {514, "ERESTARTNOHAND", "Interrupted by a signal; restarted if no handler"},
    {516, "ERESTART_RESTARTBLOCK",
     "Interrupted by a signal; restarted by restart_syscall()"},
}};

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::transform(
      upper.begin(), upper.end(), upper.begin(),
      [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

const RestartCode* FindRestartCode(int error_number) {
  for (const RestartCode& code : kRestartCodes) {
    if (code.number == error_number) return &code;
  }
  return nullptr;
}

}  // namespace

std::string CloneFlagNames(uint64_t flags) {
  std::string names;
  for (const auto& [bit, name] : kCloneFlags) {
    if ((flags & bit) == 0) continue;
    if (!names.empty()) names += '|';
    names += name;
    flags &= ~bit;
  }
  if (flags != 0) {
    if (!names.empty()) names += '|';
    names += fmt::format("0x{:x}", flags);
  }
  return names;
}

std::optional<uint64_t> CloneFlagFromName(std::string_view name) {
  std::string wanted = Upper(name);
  if (wanted.rfind(kClonePrefix, 0) != 0) wanted.insert(0, kClonePrefix);
  for (const auto& [bit, flag_name] : kCloneFlags) {
    if (flag_name == wanted) return bit;
  }
  return std::nullopt;
}

std::vector<std::string_view> AllCloneFlagNames() {
  std::vector<std::string_view> names;
  for (const auto& [bit, name] : kCloneFlags) names.push_back(name);
  return names;
}

std::string ErrnoName(int error_number) {
  if (const RestartCode* code = FindRestartCode(error_number)) {
    return std::string(code->name);
  }
  const char* name = strerrorname_np(error_number);
  return name != nullptr ? name : fmt::format("E{}", error_number);
}

std::string ErrnoDescription(int error_number) {
  if (const RestartCode* code = FindRestartCode(error_number)) {
    return std::string(code->description);
  }
  const char* description = strerrordesc_np(error_number);
  return description != nullptr ? description
                                : fmt::format("Error {}", error_number);
}

std::optional<int> ErrnoFromName(std::string_view name) {
  constexpr int kMaxErrno = 4095;
  const std::string wanted = Upper(name);
  for (int number = 1; number <= kMaxErrno; ++number) {
    if (ErrnoName(number) == wanted) return number;
  }
  return std::nullopt;
}

std::string SignalName(int signal_number) {
  const char* name = sigabbrev_np(signal_number);
  if (name != nullptr) return std::string("SIG") + name;
  // The C library's SIGRTMIN; its threads use 32 and 33.
  constexpr int kFirstRealTime = 34;
  constexpr int kLastRealTime = 64;
  if (signal_number == kFirstRealTime) return "SIGRTMIN";
  if (signal_number > kFirstRealTime && signal_number <= kLastRealTime) {
    return fmt::format("SIGRTMIN+{}", signal_number - kFirstRealTime);
  }
  return fmt::format("SIG{}", signal_number);
}

}  // namespace forkdb
