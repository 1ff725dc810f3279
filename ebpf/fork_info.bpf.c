// SPDX-License-Identifier: (MIT OR GPL-2.0)
// The records of /proc/fork_info from a stock kernel.
//
// A success is seen at the task_newtask tracepoint: copy_process() hits it when
// nothing can fail any more and the child has not run, with the caller as the
// current task and the very flags that kernel_clone() was given. So it needs no
// look into user memory, comes before the wait of a vfork, and always before
// whatever the child creates.
//
// A failure is seen where kernel_clone() returns (fexit), or, on kernels without
// fentry, where the system call does (sys_exit). There, clone3() calls that the
// kernel refused before kernel_clone() have to be told from those that it
// passed on: refused_before_kernel_clone() repeats its checks.
//
// Every record takes a number, whether the ring buffer has room for it or not:
// user space sees what is missing.

#include "ebpf/kernel_types.h"
// (kernel_types.h first: libbpf's headers expect the kernel's integer types.)
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <linux/bpf.h>

#include "ebpf/event.h"

#define CSIGNAL 0xffULL
#define CLONE_NEWTIME 0x80ULL
#define CLONE_SIGHAND 0x800ULL
#define CLONE_PARENT 0x8000ULL
#define CLONE_THREAD 0x10000ULL
#define CLONE_DETACHED 0x400000ULL
#define CLONE_VFORK_FLAGS 0x4100ULL /* CLONE_VFORK | CLONE_VM */
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#define CLONE_INTO_CGROUP 0x200000000ULL

#define PF_IO_WORKER 0x00000010
#define PF_USER_WORKER 0x00004000 /* since 6.4 */
#define PF_KTHREAD 0x00200000
#define TS_COMPAT 0x0002
#define X32_SYSCALL_BIT 0x40000000
#define SIGCHLD 17
#define MAX_SIGNAL 64
#define MAX_PID_NS_LEVEL 32
#define E2BIG 7
#define EFAULT 14
#define ENOSYS 38

char LICENSE[] SEC("license") = "Dual MIT/GPL";
extern int LINUX_KERNEL_VERSION __kconfig;

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 16 * 1024 * 1024); /* set by the loader */
} records SEC(".maps");

// One token when the records fill half of their buffer, to wake the reader.
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} urgent SEC(".maps");

const volatile __u64 urgent_bytes = 8 * 1024 * 1024;

// Numbers given out so far, and whether the reader has been called already;
// the reader resets the latter.
__u64 issued = 0;
__u32 urgent_sent = 0;

enum call { kNoCall, kFork, kVfork, kClone, kClone3 };

// A system call's number and first two arguments, of either ABI.
struct call_args {
  enum call call;
  unsigned long first;
  unsigned long second;
};

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

// What the pid is at this level of PID namespaces.
static __always_inline struct upid *upid_at(struct pid *pid,
                                            unsigned int level) {
  return (void *)pid + bpf_core_field_offset(struct pid, numbers) +
         (__u64)level * bpf_core_type_size(struct upid);
}

static __always_inline unsigned int active_pid_ns(struct pid *pid) {
  struct upid *upid = upid_at(pid, BPF_CORE_READ(pid, level));
  return BPF_CORE_READ(upid, ns, ns.inum);
}

// The pid as tasks at this level see it.
static __always_inline int pid_at_level(struct pid *pid, unsigned int level) {
  struct upid *upid = upid_at(pid, level);
  return BPF_CORE_READ(upid, nr);
}

// Numbers the event, fills in the caller, and sends it.
static __always_inline void send(struct fork_event *event) {
  struct task_struct *caller = (struct task_struct *)bpf_get_current_task();
  event->start_ns = BPF_CORE_READ(caller, group_leader, start_boottime);
  event->uid = BPF_CORE_READ(caller, cred, uid.val);
  event->pid = BPF_CORE_READ(caller, pid);
  event->tgid = BPF_CORE_READ(caller, tgid);
  event->ppid = BPF_CORE_READ(caller, real_parent, tgid);
  event->pid_ns = active_pid_ns(BPF_CORE_READ(caller, thread_pid));
  event->user_ns = BPF_CORE_READ(caller, cred, user_ns, ns.inum);
  bpf_get_current_comm(event->comm, sizeof(event->comm));
  event->boot_ns = bpf_ktime_get_boot_ns();
  event->seq = __sync_fetch_and_add(&issued, 1) + 1;
  bpf_ringbuf_output(&records, event, sizeof(*event), 0);
  if (urgent_sent == 0 &&
      bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) > urgent_bytes) {
    __u64 token = 1;
    urgent_sent = 1;
    bpf_ringbuf_output(&urgent, &token, sizeof(token), BPF_RB_FORCE_WAKEUP);
  }
}

// kernel_clone_args.exit_signal of a successful call. The child has it, except
// where CLONE_PARENT and CLONE_THREAD give it another one: then clone3() allows
// none, and clone() has it in its flags argument.
static __always_inline int asked_exit_signal(struct task_struct *caller,
                                             struct task_struct *child,
                                             __u64 flags) {
  if (!(flags & (CLONE_PARENT | CLONE_THREAD))) {
    return BPF_CORE_READ(child, exit_signal);
  }
  if (BPF_CORE_READ(caller, flags) & PF_KTHREAD) return SIGCHLD;
  struct pt_regs *regs =
      (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
  struct call_args args = read_call(caller, regs);
  return args.call == kClone ? (int)(args.first & CSIGNAL) : 0;
}

SEC("tp_btf/task_newtask")
int BPF_PROG(on_success, struct task_struct *child, __u64 flags) {
  struct task_struct *caller = (struct task_struct *)bpf_get_current_task();
  // Not made by kernel_clone(): io_uring's and vhost's workers, idle tasks.
  unsigned int workers = PF_IO_WORKER;
  if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 4, 0)) workers |= PF_USER_WORKER;
  if (BPF_CORE_READ(child, flags) & workers || BPF_CORE_READ(child, pid) == 0) {
    return 0;
  }
  struct fork_event event = {};
  struct pid *pid = BPF_CORE_READ(child, thread_pid);
  event.flags = flags;
  event.exit_signal = asked_exit_signal(caller, child, flags);
  event.ret = pid_at_level(pid, BPF_CORE_READ(caller, thread_pid, level));
  event.child_pid = BPF_CORE_READ(child, pid);
  event.child_start_ns = BPF_CORE_READ(child, start_boottime);
  event.child_pid_ns = active_pid_ns(pid);
  event.child_ns_pid = pid_at_level(pid, BPF_CORE_READ(pid, level));
  event.child_user_ns = BPF_CORE_READ(child, cred, user_ns, ns.inum);
  send(&event);
  return 0;
}

SEC("fexit/kernel_clone")
int BPF_PROG(on_kernel_clone_exit, struct kernel_clone_args *args, int ret) {
  if (ret >= 0) return 0;
  struct fork_event event = {};
  event.flags = BPF_CORE_READ(args, flags);
  event.exit_signal = BPF_CORE_READ(args, exit_signal);
  event.ret = ret;
  send(&event);
  return 0;
}

// struct clone_args of clone3(2), as far as CLONE_ARGS_SIZE_VER2.
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

// The flags that clone3() takes, of those that kernels have had so far.
static __always_inline __u64 known_clone3_flags(void) {
  __u64 flags = 0xffffffffULL | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP;
  if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(7, 1, 0)) flags = (1ULL << 38) - 1;
  return flags;
}

// Whether sys_clone3() fails before it calls kernel_clone(), by the checks of
// copy_clone_args_from_user() and clone3_args_valid() in kernel/fork.c.
static __always_inline int refused_before_kernel_clone(
    const struct clone3_args *args, unsigned long size, long ret) {
  if (ret == -E2BIG) return 1;
  if (args->set_tid_size > MAX_PID_NS_LEVEL) return 1;
  // kernel_clone() has EFAULTs of its own: was it the array of tids?
  if (ret == -EFAULT && args->set_tid != 0) {
    int tids[MAX_PID_NS_LEVEL];
    __u32 bytes = (args->set_tid_size & 63) * sizeof(tids[0]);
    if (bytes <= sizeof(tids) &&
        bpf_probe_read_user(tids, bytes, (void *)args->set_tid) != 0) {
      return 1;
    }
  }
  if ((args->set_tid == 0) != (args->set_tid_size == 0)) return 1;
  if (args->exit_signal > MAX_SIGNAL) return 1;
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
  // The last stands for access_ok(): not user memory.
  return (args->stack == 0) != (args->stack_size == 0) ||
         (args->stack + args->stack_size) >> 63 != 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret) {
  // kernel_clone() never says ENOSYS; seccomp filters do, in its place.
  if (ret >= 0 || ret < -4095 || ret == -ENOSYS) return 0;
  struct task_struct *caller = (struct task_struct *)bpf_get_current_task();
  struct call_args call = read_call(caller, regs);
  if (call.call == kNoCall) return 0;
  struct fork_event event = {};
  event.ret = (int)ret;
  if (call.call == kClone) {
    event.flags = (__u32)call.first & ~CSIGNAL;
    event.exit_signal = (int)(call.first & CSIGNAL);
  } else if (call.call == kClone3) {
    struct clone3_args args = {};
    unsigned long size = call.second;
    if (size < 64) return 0;  // CLONE_ARGS_SIZE_VER0
    if (size > sizeof(args)) size = sizeof(args);
    // The kernel has just copied it, so it is in memory.
    if (bpf_probe_read_user(&args, size, (void *)call.first) != 0) return 0;
    if (refused_before_kernel_clone(&args, call.second, ret)) return 0;
    event.flags = args.flags;
    event.exit_signal = (int)args.exit_signal;
  } else {
    event.flags = call.call == kVfork ? CLONE_VFORK_FLAGS : 0;
    event.exit_signal = SIGCHLD;
  }
  send(&event);
  return 0;
}
