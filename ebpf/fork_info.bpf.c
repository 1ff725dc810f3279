// SPDX-License-Identifier: (MIT OR GPL-2.0)
// The records of /proc/fork_info from a stock kernel. The loader (programs.cc)
// attaches the first of these sets that the kernel accepts:
//
// 1. Function probes (kprobe.multi) on kernel_clone(), its return, and
//    wake_up_new_task(). They run with preemption off, so the kernel never
//    skips them. Only since 6.14: before, the return probe could follow only a
//    limited number of calls at once.
// 2. The tracepoint task_newtask for successes, and fexit on kernel_clone() for
//    failures. While a task is preempted in a program, the kernel skips that
//    program for other tasks on the processor. So there are copies of the fexit
//    program, and the first copy that runs records the failure. If all copies
//    skip a call, the loader attaches sys_exit for a while, to record what they
//    skip: up to 6.19, tracepoint handlers run with preemption off.
// 3. task_newtask for successes, and every system call's return (sys_exit) for
//    failures: for kernels without fentry. refused_before_kernel_clone()
//    repeats the kernel's checks to find clone3() calls that never reached
//    kernel_clone().
//
// A success is recorded before the child runs: before the caller of vfork()
// waits, and before anything that the child creates.
//
// Every record takes a number, even if the ring buffer has no room for it, so
// user space sees which records are missing. A skipped call takes no number;
// the kernel counts it for each program (recursion_misses).

#include "ebpf/kernel_types.h"
// (Must come first: libbpf's headers need the kernel's integer types.)
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <linux/bpf.h>

#include "ebpf/event.h"

#define PF_IO_WORKER 0x00000010
#define PF_USER_WORKER 0x00004000 /* since 6.4 */
#define PF_KTHREAD 0x00200000

char LICENSE[] SEC("license") = "Dual MIT/GPL";
extern int LINUX_KERNEL_VERSION __kconfig;

#include "ebpf/calls.bpf.h"

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 16 * 1024 * 1024); /* set by the loader */
} records SEC(".maps");

// A token here wakes the reader if the records fill half of their buffer, or if
// the kernel often skips the copies of a program.
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} urgent SEC(".maps");

const volatile __u64 urgent_bytes = 8 * 1024 * 1024;
// Whether the kernel has bpf_ktime_get_tai_ns().
const volatile _Bool has_tai = 0;

// The highest number taken.
__u64 issued = 0;
// Whether a token for the half-full buffer was sent. The reader resets it.
__u32 urgent_sent = 0;

// Failures recorded by a later copy of the return program because the kernel
// skipped the first one. The reader resets it.
__u32 passed_on = 0;

// Returns of kernel_clone() seen by each copy of the return program. Raised
// after the record was sent: a reader that loads it before `issued` never
// counts a call here whose number is still to come.
__u64 returned[kReturnCopies] = {};

// The pid's entry for a level of PID namespaces.
static __always_inline struct upid *upid_at(struct pid *pid,
                                            unsigned int level) {
  return (void *)pid + bpf_core_field_offset(struct pid, numbers) +
         (__u64)level * bpf_core_type_size(struct upid);
}

static __always_inline unsigned int active_pid_ns(struct pid *pid) {
  struct upid *upid = upid_at(pid, BPF_CORE_READ(pid, level));
  return BPF_CORE_READ(upid, ns, ns.inum);
}

// The pid's number at a level of PID namespaces.
static __always_inline int pid_at_level(struct pid *pid, unsigned int level) {
  struct upid *upid = upid_at(pid, level);
  return BPF_CORE_READ(upid, nr);
}

static __always_inline void wake_reader(void) {
  __u64 token = 1;
  bpf_ringbuf_output(&urgent, &token, sizeof(token), BPF_RB_FORCE_WAKEUP);
}

// Numbers the event, fills in the caller, and sends it.
static __always_inline void send(struct fork_event *event) {
  struct task_struct *caller = bpf_get_current_task_btf();
  event->start_ns = caller->group_leader->start_boottime;
  event->uid = caller->cred->uid.val;
  event->pid = caller->pid;
  event->tgid = caller->tgid;
  event->ppid = caller->real_parent->tgid;
  // Not a plain load: the verifier of 6.1 rejects arithmetic on such a pointer.
  event->pid_ns = active_pid_ns(BPF_CORE_READ(caller, thread_pid));
  event->user_ns = caller->cred->user_ns->ns.inum;
  bpf_get_current_comm(event->comm, sizeof(event->comm));
  event->time_ns = has_tai ? bpf_ktime_get_tai_ns() : bpf_ktime_get_boot_ns();
  event->seq = __sync_fetch_and_add(&issued, 1) + 1;
  bpf_ringbuf_output(&records, event, sizeof(*event), 0);
  if (urgent_sent == 0 &&
      bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) > urgent_bytes) {
    urgent_sent = 1;
    wake_reader();
  }
}

static __always_inline void send_success(struct task_struct *child, __u64 flags,
                                         int exit_signal) {
  struct task_struct *caller = bpf_get_current_task_btf();
  struct fork_event event = {};
  struct pid *pid = BPF_CORE_READ(child, thread_pid);
  event.flags = flags;
  event.exit_signal = exit_signal;
  event.ret = pid_at_level(pid, BPF_CORE_READ(caller, thread_pid, level));
  event.child_pid = BPF_CORE_READ(child, pid);
  event.child_start_ns = BPF_CORE_READ(child, start_boottime);
  event.child_pid_ns = active_pid_ns(pid);
  event.child_ns_pid = pid_at_level(pid, BPF_CORE_READ(pid, level));
  event.child_user_ns = BPF_CORE_READ(child, cred, user_ns, ns.inum);
  send(&event);
}

static __always_inline void send_failure(__u64 flags, int exit_signal,
                                         int ret) {
  struct fork_event event = {};
  event.flags = flags;
  event.exit_signal = exit_signal;
  event.ret = ret;
  send(&event);
}

// ---- 1. Function probes.

// The arguments of calls in progress, by the caller's thread id.
struct asked {
  __u64 flags;
  int exit_signal;
};
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 65536);
  __type(key, __u32);
  __type(value, struct asked);
} calls SEC(".maps");

SEC("kprobe.multi")
int probe_call(struct pt_regs *ctx) {
  struct kernel_clone_args *args = (void *)ctx->di;
  __u32 tid = (__u32)bpf_get_current_pid_tgid();
  struct asked asked = {};
  asked.flags = BPF_CORE_READ(args, flags);
  asked.exit_signal = BPF_CORE_READ(args, exit_signal);
  bpf_map_update_elem(&calls, &tid, &asked, BPF_ANY);
  return 0;
}

// Also runs for io_uring's and vhost's workers. They bypass kernel_clone(), so
// they are not in `calls`.
SEC("kprobe.multi")
int probe_wake(struct pt_regs *ctx) {
  __u32 tid = (__u32)bpf_get_current_pid_tgid();
  struct asked *asked = bpf_map_lookup_elem(&calls, &tid);
  if (asked == NULL) return 0;
  send_success((void *)ctx->di, asked->flags, asked->exit_signal);
  return 0;
}

SEC("kretprobe.multi")
int probe_return(struct pt_regs *ctx) {
  __u32 tid = (__u32)bpf_get_current_pid_tgid();
  int ret = (int)ctx->ax;
  struct asked *asked = bpf_map_lookup_elem(&calls, &tid);
  if (asked != NULL) {
    if (ret < 0) send_failure(asked->flags, asked->exit_signal, ret);
    bpf_map_delete_elem(&calls, &tid);
  }
  __sync_fetch_and_add(&returned[0], 1);
  return 0;
}

// ---- 2. task_newtask, and fexit in copies.

// Returns kernel_clone_args.exit_signal of a successful call. The child has it,
// unless CLONE_PARENT or CLONE_THREAD gave it another. Then clone3() allows
// none, and clone() passes it in its flags argument.
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
  // io_uring's and vhost's workers and idle tasks bypass kernel_clone().
  unsigned int workers = PF_IO_WORKER;
  if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 4, 0))
    workers |= PF_USER_WORKER;
  if (BPF_CORE_READ(child, flags) & workers || BPF_CORE_READ(child, pid) == 0) {
    return 0;
  }
  send_success(child, flags, asked_exit_signal(caller, child, flags));
  return 0;
}

// A bit per thread id, up to the kernel's limit: a copy has recorded the
// failure of the thread's current call. Two fentry copies reset it, because one
// may be skipped. sys_exit resets it, too.
#define MAX_THREADS (4 * 1024 * 1024)
__u64 recorded[MAX_THREADS / 64] = {};

// Resets the bit. Returns its old value.
static __always_inline _Bool forget_recorded(void) {
  __u32 tid = (__u32)bpf_get_current_pid_tgid();
  __u64 *word = &recorded[(tid / 64) & (MAX_THREADS / 64 - 1)];
  __u64 bit = 1ULL << (tid % 64);
  _Bool was_recorded = *word & bit;
  if (was_recorded) __sync_fetch_and_and(word, ~bit);
  return was_recorded;
}

SEC("fentry/kernel_clone")
int BPF_PROG(on_call_0) {
  forget_recorded();
  return 0;
}

SEC("fentry/kernel_clone")
int BPF_PROG(on_call_1) {
  forget_recorded();
  return 0;
}

static __always_inline int record_return(int copy,
                                         struct kernel_clone_args *args,
                                         int ret) {
  if (ret < 0) {
    __u32 tid = (__u32)bpf_get_current_pid_tgid();
    __u64 *word = &recorded[(tid / 64) & (MAX_THREADS / 64 - 1)];
    __u64 bit = 1ULL << (tid % 64);
    if (!(*word & bit)) {
      __sync_fetch_and_or(word, bit);
      send_failure(args->flags, args->exit_signal, ret);
      // Copies 1 and 2 are never first: the copies run in ascending or
      // descending order.
      if ((copy == 1 || copy == 2) &&
          __sync_fetch_and_add(&passed_on, 1) + 1 == kManyMisses) {
        wake_reader();
      }
    }
  }
  __sync_fetch_and_add(&returned[copy], 1);
  return 0;
}

SEC("fexit/kernel_clone")
int BPF_PROG(on_return_0, struct kernel_clone_args *args, int ret) {
  return record_return(0, args, ret);
}

SEC("fexit/kernel_clone")
int BPF_PROG(on_return_1, struct kernel_clone_args *args, int ret) {
  return record_return(1, args, ret);
}

SEC("fexit/kernel_clone")
int BPF_PROG(on_return_2, struct kernel_clone_args *args, int ret) {
  return record_return(2, args, ret);
}

SEC("fexit/kernel_clone")
int BPF_PROG(on_return_3, struct kernel_clone_args *args, int ret) {
  return record_return(3, args, ret);
}

// ---- 3. Every system call's return. It runs for all system calls, so the
// checks that reject most of them come first and need no helper.

// Failures recorded by sys_exit.
__u64 caught = 0;

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret) {
  // kernel_clone() never returns ENOSYS, but seccomp filters do in its place.
  if (ret >= 0 || ret < -4095 || ret == -ENOSYS) return 0;
  if (!may_be_call(regs->orig_ax)) return 0;
  struct call_args call = read_call(bpf_get_current_task_btf(), regs);
  if (call.call == kNoCall || forget_recorded()) return 0;
  if (call.call == kClone) {
    send_failure((__u32)call.first & ~CSIGNAL, (int)(call.first & CSIGNAL),
                 (int)ret);
  } else if (call.call == kClone3) {
    struct clone3_args args = {};
    unsigned long size = call.second;
    if (size < 64) return 0;  // CLONE_ARGS_SIZE_VER0
    if (size > sizeof(args)) size = sizeof(args);
    // The kernel has just copied these arguments, so they are in memory.
    if (bpf_probe_read_user(&args, size, (void *)call.first) != 0) return 0;
    if (refused_before_kernel_clone(&args, call.second, ret)) return 0;
    send_failure(args.flags, (int)args.exit_signal, (int)ret);
  } else {
    send_failure(call.call == kVfork ? CLONE_VFORK_FLAGS : 0, SIGCHLD,
                 (int)ret);
  }
  __sync_fetch_and_add(&caught, 1);
  return 0;
}
