// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/fork_info: the kernel's record of process creations, as text.
 *
 * FORMAT.md is the contract of what is shown here.
 */

#include <linux/fork_info.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

static unsigned int gid;
module_param(gid, uint, 0444);
MODULE_PARM_DESC(gid, "group that may read /proc/fork_info (default: 0)");

/*
 * The position of the seq_file is a record's number; 0 is the header. Numbers
 * only grow, so the position stays valid between reads. If its record has been
 * overwritten, the iteration resumes at the oldest record left.
 */
static void *fork_info_seek(struct seq_file *m, loff_t *pos)
{
	struct fork_info *info = m->private;

	if (!fork_info_get(*pos, info))
		return NULL;

	*pos = info->seq;
	return info;
}

static void *fork_info_start(struct seq_file *m, loff_t *pos)
{
	return *pos ? fork_info_seek(m, pos) : SEQ_START_TOKEN;
}

static void *fork_info_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return fork_info_seek(m, pos);
}

static void fork_info_stop(struct seq_file *m, void *v)
{
}

static int fork_info_show(struct seq_file *m, void *v)
{
	const struct fork_info *info = v;

	if (v == SEQ_START_TOKEN) {
		seq_printf(m, "fork_info - version: 1 capacity: %lu\n",
			   FORK_INFO_CAPACITY);
		seq_puts(m, "# seq time_ns flags exit_signal uid pid tgid ppid start_ns pid_ns user_ns ret child_pid child_start_ns child_pid_ns child_ns_pid child_user_ns comm\n");
		return 0;
	}

	seq_printf(m, "%llu %llu 0x%llx %d %u %d %d %d %llu %u %u ",
		   info->seq, info->time_ns, info->flags, info->exit_signal,
		   info->uid, info->pid, info->tgid, info->ppid,
		   info->start_ns, info->pid_ns, info->user_ns);
	seq_printf(m, "%d %d %llu %u %d %u ",
		   info->ret, info->child_pid, info->child_start_ns,
		   info->child_pid_ns, info->child_ns_pid,
		   info->child_user_ns);

	/* With any name, the record stays one line and the name one field. */
	seq_escape_mem(m, info->comm, strnlen(info->comm, sizeof(info->comm)),
		       ESCAPE_OCTAL | ESCAPE_NAP | ESCAPE_APPEND, " \\");
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations fork_info_seq_ops = {
	.start	= fork_info_start,
	.next	= fork_info_next,
	.stop	= fork_info_stop,
	.show	= fork_info_show,
};

/* Holds about 500 records, so that a whole ring takes few system calls. */
#define FORK_INFO_BUFSIZE	SZ_64K

static int fork_info_open(struct inode *inode, struct file *file)
{
	struct seq_file *m;
	int ret = -ENOMEM;
	char *buf;

	/*
	 * The records cover all containers, and a container's root may be root
	 * here. So refuse to open the file in a container's /proc.
	 */
	if (proc_pid_ns(inode->i_sb) != &init_pid_ns)
		return -EPERM;

	/*
	 * procfs allows removing the module while the file is open; reads would
	 * then fail. With this reference, rmmod fails instead. Pairs with
	 * fork_info_release().
	 */
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;

	buf = kvmalloc(FORK_INFO_BUFSIZE, GFP_KERNEL_ACCOUNT);
	if (!buf)
		goto err_module;

	ret = seq_open_private(file, &fork_info_seq_ops,
			       sizeof(struct fork_info));
	if (ret)
		goto err_buf;

	m = file->private_data;
	m->buf = buf;
	m->size = FORK_INFO_BUFSIZE;

	/*
	 * Byte offsets are meaningless, because the file keeps losing its
	 * beginning. Without this, pread(2) would count bytes from the oldest
	 * record and start inside a line.
	 */
	return nonseekable_open(inode, file);

err_buf:
	kvfree(buf);
err_module:
	module_put(THIS_MODULE);
	return ret;
}

static int fork_info_release(struct inode *inode, struct file *file)
{
	int ret = seq_release_private(inode, file);

	/*
	 * Pairs with fork_info_open(). This function still runs after the put,
	 * but remove_proc_entry() waits until it returns.
	 */
	module_put(THIS_MODULE);
	return ret;
}

static __poll_t fork_info_proc_poll(struct file *file,
				    struct poll_table_struct *wait)
{
	struct seq_file *m = file->private_data;
	bool unread;
	u64 next_seq;

	/* Pairs with seq_read(), which changes index and count together. */
	mutex_lock(&m->lock);
	next_seq = max_t(u64, m->index, 1);
	unread = m->count || !m->index;
	mutex_unlock(&m->lock);

	return fork_info_poll(file, wait, next_seq) |
	       (unread ? EPOLLIN | EPOLLRDNORM : 0);
}

/*
 * No ->proc_read_iter or ->proc_lseek: splice(2) and lseek(2) would move the
 * offset to positions that are not record numbers.
 */
static const struct proc_ops fork_info_proc_ops = {
	.proc_open	= fork_info_open,
	.proc_read	= seq_read,
	.proc_poll	= fork_info_proc_poll,
	.proc_release	= fork_info_release,
};

static int __init fork_info_init(void)
{
	kgid_t kgid = make_kgid(&init_user_ns, gid);
	struct proc_dir_entry *entry;

	if (!gid_valid(kgid)) {
		pr_err("fork_info: gid=%u is not a group\n", gid);
		return -EINVAL;
	}

	entry = proc_create("fork_info", 0440, NULL, &fork_info_proc_ops);
	if (!entry)
		return -ENOMEM;

	proc_set_user(entry, GLOBAL_ROOT_UID, kgid);
	return 0;
}

static void __exit fork_info_exit(void)
{
	remove_proc_entry("fork_info", NULL);
}

module_init(fork_info_init);
module_exit(fork_info_exit);

MODULE_DESCRIPTION("/proc/fork_info: the last process creations");
MODULE_AUTHOR("forkdb developers");
MODULE_LICENSE("GPL");
