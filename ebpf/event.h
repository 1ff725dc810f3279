/* What the BPF programs hand to user space: a record, its time apart.
 * Included by fork_info.bpf.c (C) and probe.cc (C++). */

#ifndef FORKDB_EBPF_EVENT_H_
#define FORKDB_EBPF_EVENT_H_

enum { kForkEventCommLength = 16 };

/* Copies of the program for kernel_clone()'s return. */
enum { kReturnCopies = 4 };

/* Copies skipped this often since the reader looked: soon all of them will be.
 */
enum { kManyMisses = 16 };

/* The fields of /proc/fork_info version 1 (lkm/FORMAT.md), under their names.
 */
struct fork_event {
  unsigned long long seq;
  /* Of the call. CLOCK_TAI, which differs from CLOCK_REALTIME by leap seconds
   * alone and is stepped with it; where the kernel has no helper for it,
   * CLOCK_BOOTTIME of the initial time namespace. */
  unsigned long long time_ns;
  unsigned long long flags;
  unsigned long long start_ns;
  unsigned long long child_start_ns;
  int exit_signal;
  unsigned int uid;
  int pid;
  int tgid;
  int ppid;
  unsigned int pid_ns;
  unsigned int user_ns;
  int ret;
  int child_pid;
  unsigned int child_pid_ns;
  int child_ns_pid;
  unsigned int child_user_ns;
  char comm[kForkEventCommLength];
};

#endif /* FORKDB_EBPF_EVENT_H_ */
