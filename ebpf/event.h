/* An event that the BPF programs send to user space: a record in another clock.
 * Included by fork_info.bpf.c (C) and probe.cc (C++). */

#ifndef FORKDB_EBPF_EVENT_H_
#define FORKDB_EBPF_EVENT_H_

enum { kForkEventCommLength = 16 };

/* Copies of the program on kernel_clone()'s return. */
enum { kReturnCopies = 4 };

/* After this many skips since the last read, all copies may be skipped soon. */
enum { kManyMisses = 16 };

/* Fields as in /proc/fork_info version 1 (lkm/FORMAT.md). */
struct fork_event {
  unsigned long long seq;
  /* The call's time in CLOCK_TAI, which is stepped with CLOCK_REALTIME and
   * differs from it only by leap seconds. Without a helper for CLOCK_TAI, it is
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
