// SPDX-License-Identifier: (MIT OR GPL-2.0)
// The records of /proc/fork_info from a stock kernel. The loader (probe.cc)
// attaches one of these sets of programs, the first that the kernel takes:
//
// 1. Function probes (kprobe.multi) of kernel_clone(), its return, and
//    wake_up_new_task(). The kernel runs them with preemption off, so they are
//    not skipped. Since 6.14: before, the number of calls that the return probe
//    could follow at once was limited.
// 2. The tracepoint task_newtask for successes, and kernel_clone()'s return by
//    fexit for failures. A task that is preempted in a program keeps other
//    tasks of that processor from running the same program; so there are copies
//    of the fexit program, and the first that can run records the failure. The
//    tracepoint's handlers run with preemption off up to 6.19; so, once all
//    copies have skipped a call, the loader attaches sys_exit to them for a
//    while, which records what they skip.
// 3. task_newtask, and every system call's return (sys_exit) for failures: for
//    kernels without fentry. There, clone3() calls that the kernel refused
//    before kernel_clone() have to be told from those that it passed on:
//    refused_before_kernel_clone() repeats its checks.
//
// A success is recorded before the child runs, so before the wait of a vfork
// and before whatever the child creates.
//
// Every record takes a number, whether the ring buffer has room for it or not:
// user space sees what is missing. What the programs skipped takes no number;
// the kernel counts it for each program (recursion_misses).

#include "ebpf/kernel_types.h"
// (First: libbpf's headers expect the kernel's integer types.)
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

// A token wakes the reader: when the records fill half of their buffer, or when
// the copies of a program are often skipped.
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} urgent SEC(".maps");

const volatile __u64 urgent_bytes = 8 * 1024 * 1024;
// Whether the kernel has bpf_ktime_get_tai_ns().
const volatile _Bool has_tai = 0;

// Numbers given out so far, and whether the reader has been called already;
// the reader resets the latter.
__u64 issued = 0;
__u32 urgent_sent = 0;

// Failures that a copy of a return program recorded because the one before it was
// skipped, since the reader looked last.
__u32 passed_on = 0;

// Returns of kernel_clone() that each copy of a return program has seen. Added
// to after the record was sent: who reads it before `issued` never finds a call
// here that should have a number and has none yet.
__u64 returned[kReturnCopies] = {};

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
  // No plain load: the verifier of 6.1 takes no sums with such a pointer.
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

// What kernel_clone() was asked for, by the caller's thread id: calls under
// way.
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

// Also called for io_uring's and vhost's workers: those do not come through
// kernel_clone(), so they are not in `calls`.
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
  if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 4, 0))
    workers |= PF_USER_WORKER;
  if (BPF_CORE_READ(child, flags) & workers || BPF_CORE_READ(child, pid) == 0) {
    return 0;
  }
  send_success(child, flags, asked_exit_signal(caller, child, flags));
  return 0;
}

// A bit for each thread id (no kernel has higher ones): a copy has recorded the
// failure of its present call. Two copies reset it, as one of them may be
// skipped; and sys_exit, where it is attached.
#define MAX_THREADS (4 * 1024 * 1024)
__u64 recorded[MAX_THREADS / 64] = {};

// Returns whether it was recorded.
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
      // The copies run in the order of their numbers or in the reverse: neither
      // of these is the first.
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

// ---- 3. Every system call's return. It taxes all of them, so what most calls
// fail comes first and needs no helper.

// The failures that sys_exit has recorded.
__u64 caught = 0;

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret) {
  // kernel_clone() never says ENOSYS; seccomp filters do, in its place.
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
    // The kernel has just copied it, so it is in memory.
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
