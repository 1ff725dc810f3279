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
     "the user has as many processes and threads as RLIMIT_NPROC allows "
     "(not root, nor with CAP_SYS_RESOURCE or CAP_SYS_ADMIN): ulimit -u; ps "
     "-Lu USER | wc -l\n"
     "the cgroup has as many as pids.max allows: its pids.max, and whether max "
     "in its pids.events grows; systemd calls it TasksMax=\n"
     "the whole system has: sysctl kernel.threads-max\n"
     "no pid is free, here or in the caller's PID namespace: sysctl "
     "kernel.pid_max\n"},
    {"ENOMEM",
     "the PID namespace's first process has ended: nothing can start in it "
     "any more; usual after unshare --pid without --fork\n"
     "the kernel found no memory, or the memory cgroup had none left: dmesg; "
     "the cgroup's memory.events\n"},
    {"ENOSPC",
     "PID or user namespaces would be nested more than 32 deep\n"
     "the user has as many namespaces of that kind as sysctl "
     "user.max_*_namespaces allows, in this user namespace or one around it\n"},
    {"EPERM",
     "a namespace other than a user namespace takes CAP_SYS_ADMIN: ask for "
     "CLONE_NEWUSER with it\n"
     "user namespaces are forbidden to ordinary users: sysctl "
     "kernel.unprivileged_userns_clone (Debian), AppArmor's "
     "apparmor_restrict_unprivileged_userns (Ubuntu), or an LSM's or seccomp's "
     "rule\n"
     "CLONE_NEWUSER in a chroot, or by a user that the user namespace has no "
     "mapping for\n"
     "clone3's set_tid without CAP_CHECKPOINT_RESTORE\n"},
    {"EINVAL",
     "flags that exclude each other: CLONE_THREAD without CLONE_SIGHAND, "
     "CLONE_SIGHAND without CLONE_VM, CLONE_FS with CLONE_NEWNS or "
     "CLONE_NEWUSER\n"
     "CLONE_PARENT by the first process of a PID namespace\n"
     "CLONE_THREAD after unshare(CLONE_NEWPID), or with a new user or PID "
     "namespace\n"
     "a kernel that lacks the kind of namespace, or the flag\n"},
    {"EINTR", "the caller was being killed\n"},
    {"ERESTARTNOINTR",
     "a signal was waiting: the kernel handles it and makes the call again by "
     "itself, and the program never sees this; the same call follows as a "
     "record of its own\n"},
    {"ENOSYS",
     "a seccomp filter answers so, to make programs fall back from clone3 to "
     "clone; containers do that\n"},
    {"EEXIST", "clone3's set_tid asks for a pid that is in use\n"},
    {"EBUSY",
     "CLONE_INTO_CGROUP into a cgroup that hands controllers on to others: "
     "its cgroup.subtree_control must be empty\n"},
    {"EACCES", "CLONE_INTO_CGROUP into a cgroup that the user may not use\n"},
    {"EMFILE",
     "CLONE_PIDFD takes a descriptor, and the process has as many as "
     "RLIMIT_NOFILE allows: ulimit -n\n"},
    {"EFAULT", "an address among the call's arguments is not the caller's\n"},
}};

}  // namespace

std::string ExplainErrno(const std::string& errno_name, int64_t calls) {
  const std::optional<int> number = ErrnoFromName(errno_name);
  std::string text = fmt::format(
      "{} ({} {}): {}\n", errno_name, calls, calls == 1 ? "call" : "calls",
      number ? ErrnoDescription(*number) : "not known here");
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
