/* The few members of kernel structures that fork_info.bpf.c reads. The loader
 * finds their offsets in the running kernel's BTF (CO-RE), so neither vmlinux.h
 * nor the build machine's kernel matters. */

#ifndef FORKDB_EBPF_KERNEL_TYPES_H_
#define FORKDB_EBPF_KERNEL_TYPES_H_

#include <linux/types.h>

#define CO_RE __attribute__((preserve_access_index))

struct ns_common {
  unsigned int inum;
} CO_RE;

struct pid_namespace {
  struct ns_common ns;
} CO_RE;

struct user_namespace {
  struct ns_common ns;
} CO_RE;

struct upid {
  int nr;
  struct pid_namespace *ns;
} CO_RE;

struct pid {
  unsigned int level;
  struct upid numbers[1];
} CO_RE;

typedef struct {
  unsigned int val;
} kuid_t;

struct cred {
  kuid_t uid;
  struct user_namespace *user_ns;
} CO_RE;

struct thread_info {
  __u32 status;
} CO_RE;

struct task_struct {
  struct thread_info thread_info;
  unsigned int flags;
  int exit_signal;
  int pid;
  int tgid;
  struct task_struct *real_parent;
  struct task_struct *group_leader;
  struct pid *thread_pid;
  __u64 start_boottime;
  const struct cred *cred;
  char comm[16];
} CO_RE;

struct kernel_clone_args {
  __u64 flags;
  int exit_signal;
} CO_RE;

/* x86-64; the registers of arguments and results. */
struct pt_regs {
  unsigned long bx;
  unsigned long ax;
  unsigned long cx;
  unsigned long si;
  unsigned long di;
  unsigned long orig_ax;
} CO_RE;

#endif /* FORKDB_EBPF_KERNEL_TYPES_H_ */
