/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_FORK_INFO_H
#define _LINUX_FORK_INFO_H

#include <linux/bits.h>
#include <linux/sched.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>
#include <linux/wait.h>

struct file;
struct kernel_clone_args;
struct poll_table_struct;

/**
 * struct fork_info - one process creation attempt, successful or not
 * @seq: number of the record, 1 is the first since boot
 * @time_ns: CLOCK_REALTIME of the attempt
 * @flags: kernel_clone_args.flags, which do not hold the exit signal
 * @start_ns: CLOCK_BOOTTIME start of the caller's process
 * @child_start_ns: CLOCK_BOOTTIME start of the child
 * @exit_signal: signal that the child's end sends to its parent, 0 for none
 * @uid: real UID of the caller, in the initial user namespace
 * @pid: caller's thread id, in the initial PID namespace
 * @tgid: caller's process id, in the initial PID namespace
 * @ppid: process id of the caller's real parent, in the initial PID namespace
 * @pid_ns: inode number of the caller's PID namespace
 * @user_ns: inode number of the caller's user namespace
 * @ret: child's pid as the caller sees it, or a negative error code
 * @child_pid: child's thread id, in the initial PID namespace
 * @child_pid_ns: inode number of the child's PID namespace
 * @child_ns_pid: child's thread id, in its own PID namespace
 * @child_user_ns: inode number of the child's user namespace
 * @comm: caller's command name, padded with zeros
 *
 * All child_* members are 0 when @ret is an error.
 */
struct fork_info {
	u64	seq;
	u64	time_ns;
	u64	flags;
	u64	start_ns;
	u64	child_start_ns;
	s32	exit_signal;
	u32	uid;
	s32	pid;
	s32	tgid;
	s32	ppid;
	u32	pid_ns;
	u32	user_ns;
	s32	ret;
	s32	child_pid;
	u32	child_pid_ns;
	s32	child_ns_pid;
	u32	child_user_ns;
	char	comm[TASK_COMM_LEN];
};

#ifdef CONFIG_FORK_INFO

#define FORK_INFO_CAPACITY	BIT(CONFIG_FORK_INFO_SHIFT)

/**
 * struct fork_info_ring - the last @capacity records
 * @records: record n is in slot n modulo @capacity
 * @capacity: number of slots, a power of two
 * @next_in: number that the next record will get
 * @next_out: number of the oldest record kept, @next_in when there is none
 * @wake_seq: lowest number at which some sleeper wants to be woken
 * @lock: taken by the writer for everything above, and by every reader
 * @wait: those who sleep in poll(); its own lock never nests in @lock
 */
struct fork_info_ring {
	struct fork_info	*records;
	u32			capacity;
	u64			next_in;
	u64			next_out;
	u64			wake_seq;
	spinlock_t		lock;	/* writer and readers, see above */
	wait_queue_head_t	wait;
};

void fork_info_ring_add(struct fork_info_ring *ring, struct fork_info *info);
bool fork_info_ring_get(struct fork_info_ring *ring, u64 seq,
			struct fork_info *info);
__poll_t fork_info_ring_poll(struct fork_info_ring *ring, u64 next_seq,
			     __poll_t events);

void fork_info_record(const struct kernel_clone_args *args,
		      struct task_struct *child, pid_t ret);
bool fork_info_get(u64 seq, struct fork_info *info);
__poll_t fork_info_poll(struct file *file, struct poll_table_struct *wait,
			u64 next_seq);

#else /* !CONFIG_FORK_INFO */

static inline void fork_info_record(const struct kernel_clone_args *args,
				    struct task_struct *child, pid_t ret)
{
}

#endif /* CONFIG_FORK_INFO */

#endif /* _LINUX_FORK_INFO_H */
