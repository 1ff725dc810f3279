#include "query/print/explain.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "store/decode.h"

namespace forkdb {
namespace {

struct Explanation {
  std::string_view errno_name;
  std::string_view causes;  // one per line
};

constexpr std::array<Explanation, 13> kExplanations = {{
    {"EAGAIN",
     "the user has reached RLIMIT_NPROC (does not apply to root or with "
     "CAP_SYS_RESOURCE or CAP_SYS_ADMIN): compare ulimit -u and ps -Lu USER | "
     "wc -l\nthe cgroup has reached pids.max (systemd: TasksMax=): check "
     "whether max grows in its pids.events\nthe system has reached its limit "
     "of threads: sysctl kernel.threads-max\nno pid is free, here or in the "
     "caller's PID namespace: sysctl kernel.pid_max\n"},
    {"ENOMEM",
     "the first process of the PID namespace has exited, so nothing can start "
     "in it; usual after unshare --pid without --fork\nthe kernel or the "
     "memory cgroup is out of memory: dmesg; memory.events of the cgroup\n"},
    {"ENOSPC",
     "PID or user namespaces would be nested more than 32 levels deep\nthe "
     "user has reached sysctl user.max_*_namespaces in this user namespace or "
     "in one above it\n"},
    {"EPERM",
     "every namespace except a user namespace needs CAP_SYS_ADMIN: add "
     "CLONE_NEWUSER\nordinary users may not create user namespaces: sysctl "
     "kernel.unprivileged_userns_clone (Debian), AppArmor's "
     "apparmor_restrict_unprivileged_userns (Ubuntu), or a rule of an LSM or "
     "of seccomp\nCLONE_NEWUSER in a chroot, or by a user whom the user "
     "namespace does not map\nclone3's set_tid without "
     "CAP_CHECKPOINT_RESTORE\n"},
    {"EINVAL",
     "invalid combination of flags: CLONE_THREAD without CLONE_SIGHAND, "
     "CLONE_SIGHAND without CLONE_VM, CLONE_FS with CLONE_NEWNS or "
     "CLONE_NEWUSER\nCLONE_PARENT by the first process of a PID "
     "namespace\nCLONE_THREAD after unshare(CLONE_NEWPID), or with a new user "
     "or PID namespace\nthe kernel does not know the flag or was built without "
     "this kind of namespace\n"},
    {"EINTR", "the caller was being killed\n"},
    {"ERESTARTNOINTR",
     "a signal was pending: the kernel handles it and restarts the call, which "
     "the program does not notice; the restarted call is the next record\n"},
    {"ENOSYS",
     "a seccomp filter returns this to make programs fall back from clone3 to "
     "clone; usual in containers\n"},
    {"EEXIST", "clone3's set_tid names a pid that is in use\n"},
    {"EBUSY",
     "CLONE_INTO_CGROUP into a cgroup that enables controllers for its "
     "children: its cgroup.subtree_control must be empty\n"},
    {"EACCES", "CLONE_INTO_CGROUP into a cgroup that the user may not use\n"},
    {"EMFILE",
     "CLONE_PIDFD needs a file descriptor and the process has reached "
     "RLIMIT_NOFILE: ulimit -n\n"},
    {"EFAULT", "an argument of the call is an invalid address\n"},
}};

}  // namespace

std::string ExplainErrno(const std::string& errno_name, int64_t calls) {
  const std::optional<int> number = ErrnoFromName(errno_name);
  std::string text = fmt::format(
      "{} ({} {}): {}\n", errno_name, calls, calls == 1 ? "call" : "calls",
      number ? ErrnoDescription(*number) : "unknown error");
  const auto* const found = std::find_if(
      kExplanations.begin(), kExplanations.end(),
      [&](const Explanation& item) { return item.errno_name == errno_name; });
  if (found == kExplanations.end()) return text;
  for (std::string_view left = found->causes; !left.empty();) {
    const size_t end = left.find('\n');
    text += fmt::format("  - {}\n", left.substr(0, end));
    left.remove_prefix(end + 1);
  }
  return text;
}

std::vector<std::string> ExplainedErrnos() {
  std::vector<std::string> names;
  for (const Explanation& item : kExplanations) {
    names.emplace_back(item.errno_name);
  }
  return names;
}

}  // namespace forkdb
