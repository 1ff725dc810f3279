// SPDX-License-Identifier: (MIT OR GPL-2.0)
// Reads the arguments of fork(), vfork(), clone() and clone3() from the
// caller's registers and memory, and repeats the checks of sys_clone3().
// fork_info.bpf.c includes it after the kernel's and libbpf's headers.

#ifndef FORKDB_EBPF_CALLS_BPF_H_
#define FORKDB_EBPF_CALLS_BPF_H_

#define CSIGNAL 0xffULL
#define CLONE_NEWTIME 0x80ULL
#define CLONE_SIGHAND 0x800ULL
#define CLONE_PARENT 0x8000ULL
#define CLONE_THREAD 0x10000ULL
#define CLONE_DETACHED 0x400000ULL
#define CLONE_VFORK_FLAGS 0x4100ULL /* CLONE_VFORK | CLONE_VM */
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#define CLONE_INTO_CGROUP 0x200000000ULL

#define TS_COMPAT 0x0002
#define X32_SYSCALL_BIT 0x40000000
#define SIGCHLD 17
#define MAX_SIGNAL 64
#define MAX_PID_NS_LEVEL 32
#define E2BIG 7
#define EFAULT 14
#define ENOSYS 38

enum call { kNoCall, kFork, kVfork, kClone, kClone3 };

// A system call and its first two arguments, in the 64-bit or 32-bit ABI.
struct call_args {
  enum call call;
  unsigned long first;
  unsigned long second;
};

// Whether the number can be one of these calls in either ABI.
static __always_inline int may_be_call(unsigned long number) {
  number &= ~(unsigned long)X32_SYSCALL_BIT;
  return number == 56 || number == 57 || number == 58 || number == 435 ||
         number == 2 || number == 120 || number == 190;
}

static __always_inline struct call_args read_call(struct task_struct *task,
                                                  struct pt_regs *regs) {
  struct call_args args = {kNoCall, 0, 0};
  unsigned long number = BPF_CORE_READ(regs, orig_ax);
  if (BPF_CORE_READ(task, thread_info.status) & TS_COMPAT) {
    args.first = (__u32)BPF_CORE_READ(regs, bx);
    args.second = (__u32)BPF_CORE_READ(regs, cx);
    args.call = number == 2     ? kFork
                : number == 190 ? kVfork
                : number == 120 ? kClone
                : number == 435 ? kClone3
                                : kNoCall;
  } else {
    number &= ~(unsigned long)X32_SYSCALL_BIT;
    args.first = BPF_CORE_READ(regs, di);
    args.second = BPF_CORE_READ(regs, si);
    args.call = number == 57    ? kFork
                : number == 58  ? kVfork
                : number == 56  ? kClone
                : number == 435 ? kClone3
                                : kNoCall;
  }
  return args;
}

// struct clone_args of clone3(2), up to CLONE_ARGS_SIZE_VER2.
struct clone3_args {
  __u64 flags;
  __u64 pidfd;
  __u64 child_tid;
  __u64 parent_tid;
  __u64 exit_signal;
  __u64 stack;
  __u64 stack_size;
  __u64 tls;
  __u64 set_tid;
  __u64 set_tid_size;
  __u64 cgroup;
};

// The flags that this kernel's clone3() accepts.
static __always_inline __u64 known_clone3_flags(void) {
  __u64 flags = 0xffffffffULL | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP;
  if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(7, 1, 0)) flags = (1ULL << 38) - 1;
  return flags;
}

// The highest exit_signal that sys_clone3() accepts. Since 7.1, kernel_clone()
// refuses numbers that are not signals.
static __always_inline __u64 highest_exit_signal(void) {
  return LINUX_KERNEL_VERSION >= KERNEL_VERSION(7, 1, 0) ? CSIGNAL : MAX_SIGNAL;
}

// Whether sys_clone3() fails before it calls kernel_clone(). Repeats the checks
// of copy_clone_args_from_user() and clone3_args_valid() in kernel/fork.c.
static __always_inline int refused_before_kernel_clone(
    const struct clone3_args *args, unsigned long size, long ret) {
  if (ret == -E2BIG) return 1;
  if (args->set_tid_size > MAX_PID_NS_LEVEL) return 1;
  // kernel_clone() can fail with EFAULT, too. Check if reading the array of
  // tids fails.
  if (ret == -EFAULT && args->set_tid != 0) {
    int tids[MAX_PID_NS_LEVEL];
    __u32 bytes = (args->set_tid_size & 63) * sizeof(tids[0]);
    if (bytes <= sizeof(tids) &&
        bpf_probe_read_user(tids, bytes, (void *)args->set_tid) != 0) {
      return 1;
    }
  }
  if ((args->set_tid == 0) != (args->set_tid_size == 0)) return 1;
  if (args->exit_signal > highest_exit_signal()) return 1;
  if (args->flags & CLONE_INTO_CGROUP &&
      (args->cgroup > 0x7fffffff || size < sizeof(*args))) {
    return 1;
  }
  if (args->flags & ~known_clone3_flags()) return 1;
  if (args->flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME))) return 1;
  if ((args->flags & (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND)) ==
      (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND)) {
    return 1;
  }
  if (args->flags & (CLONE_THREAD | CLONE_PARENT) && args->exit_signal != 0) {
    return 1;
  }
  // The last test replaces access_ok(): it is true outside user memory.
  return (args->stack == 0) != (args->stack_size == 0) ||
         (args->stack + args->stack_size) >> 63 != 0;
}

#endif  // FORKDB_EBPF_CALLS_BPF_H_
