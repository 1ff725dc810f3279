// SPDX-License-Identifier: GPL-2.0
/*
 * A record of every process creation, kept for a while.
 */

#include <linux/cred.h>
#include <linux/export.h>
#include <linux/fork_info.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/pid_namespace.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <linux/wait.h>

/**
 * DOC: fork_info overview
 *
 * kernel_clone() leaves one &struct fork_info behind on every way out of it:
 * fork, vfork, clone and clone3, successful or not, of user processes and of
 * kernel threads. The records are numbered from 1 and kept in a ring of
 * 2^CONFIG_FORK_INFO_SHIFT slots. When the ring is full, the newest record
 * takes the place of the oldest; a fork never waits for a reader.
 *
 * The ring::
 *
 *	 next_out                     next_in
 *	    |                            |
 *	    v                            v
 *	  +---+---+---+---+---+---+---+
 *	  | 5 | 6 | 7 | 8 | 9 | 10| 11|  12
 *	  +---+---+---+---+---+---+---+
 *
 * Both ends are record numbers, not slots. They only grow, so that a number
 * names one record for as long as the machine is up, and a reader who asks
 * for a number that is gone gets the oldest record that is left. What it
 * missed is the difference of the two numbers.
 *
 * Reading consumes nothing, and the ring knows nothing of its readers: each
 * keeps the number that it wants next. The ring's only trace of them is one
 * number, &fork_info_ring.wake_seq, for those who sleep in poll(). A sleeper
 * lowers it to the record that it waits for; the fork that writes this record
 * raises it to infinity and wakes everybody, and who is not content asks again
 * and thereby lowers it again. All other forks do not touch the wait queue.
 *
 * One spinlock protects it all. It is held for one copy of a record and is
 * never taken in interrupts, where nothing is forked. It also makes the number
 * and the time of a record be taken together, so that, unless somebody sets
 * the clock back, records are in the order of time as well.
 */

static struct fork_info fork_info_records[FORK_INFO_CAPACITY];

static struct fork_info_ring fork_info_ring = {
	.records	= fork_info_records,
	.capacity	= FORK_INFO_CAPACITY,
	.next_in	= 1,
	.next_out	= 1,
	.wake_seq	= U64_MAX,
	.lock		= __SPIN_LOCK_UNLOCKED(fork_info_ring.lock),
	.wait		= __WAIT_QUEUE_HEAD_INITIALIZER(fork_info_ring.wait),
};

static struct fork_info *fork_info_slot(const struct fork_info_ring *ring,
					u64 seq)
{
	return &ring->records[seq & (ring->capacity - 1)];
}

/**
 * fork_info_ring_add() - append a record, over the oldest one if need be
 * @ring: the ring
 * @info: the record; its number and time are filled in here
 */
void fork_info_ring_add(struct fork_info_ring *ring, struct fork_info *info)
{
	bool wake;

	/* Pairs with fork_info_ring_get() and fork_info_ring_poll(). */
	spin_lock(&ring->lock);
	info->seq = ring->next_in++;
	info->time_ns = ktime_get_real_ns();
	*fork_info_slot(ring, info->seq) = *info;
	if (ring->next_in - ring->next_out > ring->capacity)
		ring->next_out++;

	wake = info->seq >= ring->wake_seq;
	if (wake)
		ring->wake_seq = U64_MAX;
	spin_unlock(&ring->lock);

	/*
	 * All of them, and with no key: who waits for a later record must run
	 * fork_info_ring_poll() again too, for its number is forgotten now.
	 */
	if (wake)
		wake_up_interruptible_all(&ring->wait);
}

/**
 * fork_info_ring_get() - copy a record, or the first one after it that is left
 * @ring: the ring
 * @seq: number of the record
 * @info: where to copy it
 *
 * Return: false when there is no record of this or of a higher number.
 */
bool fork_info_ring_get(struct fork_info_ring *ring, u64 seq,
			struct fork_info *info)
{
	bool found;

	/* Pairs with fork_info_ring_add(): the slot may be reused at once. */
	spin_lock(&ring->lock);
	seq = max(seq, ring->next_out);
	found = seq < ring->next_in;
	if (found)
		*info = *fork_info_slot(ring, seq);
	spin_unlock(&ring->lock);

	return found;
}

/**
 * fork_info_ring_poll() - what a reader can have now, and wake it for more
 * @ring: the ring
 * @next_seq: number of the record that the reader wants next
 * @events: what the reader would be woken for
 *
 * Return: EPOLLIN when there is a record to read, and EPOLLPRI when so many
 * are that half of the ring is filled with what this reader has not seen yet.
 */
__poll_t fork_info_ring_poll(struct fork_info_ring *ring, u64 next_seq,
			     __poll_t events)
{
	u64 pri_seq = next_seq + ring->capacity / 2 - 1;
	u64 wake_seq = U64_MAX;
	__poll_t mask = 0;

	if (events & (EPOLLIN | EPOLLRDNORM))
		wake_seq = next_seq;
	else if (events & EPOLLPRI)
		wake_seq = pri_seq;

	/*
	 * Pairs with fork_info_ring_add(): either the record is in the ring
	 * and is seen here, or its writer sees wake_seq. The sleeper is in the
	 * wait queue before it gets here, so no wakeup is lost between.
	 */
	spin_lock(&ring->lock);
	if (next_seq < ring->next_in)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (pri_seq < ring->next_in)
		mask |= EPOLLPRI;

	/*
	 * Also when the answer is yes: an edge-triggered epoll does not ask
	 * again before it sleeps, and expects to hear of the next record.
	 */
	wake_seq = max(wake_seq, ring->next_in);
	ring->wake_seq = min(ring->wake_seq, wake_seq);
	spin_unlock(&ring->lock);

	return mask;
}

/**
 * fork_info_record() - record one call of kernel_clone()
 * @args: what was asked for
 * @child: the new task, which must not have run yet; NULL if there is none
 * @ret: what kernel_clone() returns
 *
 * A record is small enough (104 bytes) to be put together on the stack, which
 * leaves one plain copy to be done under the lock.
 */
void fork_info_record(const struct kernel_clone_args *args,
		      struct task_struct *child, pid_t ret)
{
	struct fork_info info = {
		.flags		= args->flags,
		.start_ns	= current->group_leader->start_boottime,
		.exit_signal	= args->exit_signal,
		.uid		= from_kuid(&init_user_ns, current_uid()),
		.pid		= task_pid_nr(current),
		.tgid		= task_tgid_nr(current),
		.ppid		= task_ppid_nr(current),
		.pid_ns		= task_active_pid_ns(current)->ns.inum,
		.user_ns	= current_user_ns()->ns.inum,
		.ret		= ret,
	};

	/* Not get_task_comm(): it may take a lock that forks contend for. */
	strscpy_pad(info.comm, current->comm, sizeof(info.comm));

	/* As the child has not run, it cannot have exited or changed. */
	if (child) {
		struct pid_namespace *ns = task_active_pid_ns(child);

		info.child_start_ns = child->start_boottime;
		info.child_pid = task_pid_nr(child);
		info.child_pid_ns = ns->ns.inum;
		info.child_ns_pid = task_pid_nr_ns(child, ns);
		info.child_user_ns = task_cred_xxx(child, user_ns)->ns.inum;
	}

	fork_info_ring_add(&fork_info_ring, &info);
}

/**
 * fork_info_get() - copy a record, or the first one after it that is left
 * @seq: number of the record
 * @info: where to copy it
 *
 * Return: false when there is no record of this or of a higher number.
 */
bool fork_info_get(u64 seq, struct fork_info *info)
{
	return fork_info_ring_get(&fork_info_ring, seq, info);
}
EXPORT_SYMBOL_GPL(fork_info_get);

/**
 * fork_info_poll() - the ->poll() of a file that shows the records
 * @file: the file
 * @wait: what ->poll() was given
 * @next_seq: number of the record that the file's reader wants next
 *
 * Return: EPOLLIN and EPOLLPRI as fork_info_ring_poll() has them.
 */
__poll_t fork_info_poll(struct file *file, struct poll_table_struct *wait,
			u64 next_seq)
{
	poll_wait(file, &fork_info_ring.wait, wait);

	return fork_info_ring_poll(&fork_info_ring, next_seq,
				   poll_requested_events(wait));
}
EXPORT_SYMBOL_GPL(fork_info_poll);
