// SPDX-License-Identifier: MIT
/* The workload's steps around clone3(), namespaces and cgroups. */
#define _GNU_SOURCE
#include "workload.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

const char *cgroup_mount;

static pid_t raw_clone3(struct clone_args *args, size_t size)
{
	return syscall(SYS_clone3, args, size);
}

static pid_t clone3_flags(uint64_t flags)
{
	struct clone_args args = {.flags = flags, .exit_signal = SIGCHLD};

	return raw_clone3(&args, sizeof(args));
}

static void step_clone3(void)
{
	int tid, pidfd;
	struct clone_args usr1 = {.exit_signal = SIGUSR1};
	struct clone_args none = {.exit_signal = 0};
	struct clone_args fd = {.flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
				.pidfd = (uintptr_t)&pidfd,
				.parent_tid = (uintptr_t)&tid,
				.exit_signal = SIGCHLD};

	signal(SIGUSR1, SIG_IGN);
	end_child(clone3_flags(0));
	end_child(clone3_flags(CLONE_CLEAR_SIGHAND));
	end_child(clone3_flags(CLONE_NEWTIME));
	end_child(raw_clone3(&usr1, sizeof(usr1)));
	end_child(raw_clone3(&none, CLONE_ARGS_SIZE_VER0));
	end_child(raw_clone3(&fd, sizeof(fd)));
}

/* Linux 7.1 and later take these, earlier kernels refuse them. */
#define FLAG_AUTOREAP (1ULL << 34)
#define FLAG_NNP (1ULL << 35)
#define FLAG_PIDFD_AUTOKILL (1ULL << 36)
#define FLAG_EMPTY_MNTNS (1ULL << 37)

static void step_flags_of_7_1(void)
{
	int pidfd;
	struct clone_args reaped = {.flags = FLAG_AUTOREAP};
	struct clone_args killed = {.flags = CLONE_PIDFD | FLAG_AUTOREAP |
					     FLAG_PIDFD_AUTOKILL,
				    .pidfd = (uintptr_t)&pidfd};

	end_child(raw_clone3(&reaped, sizeof(reaped)));
	end_child(raw_clone3(&killed, sizeof(killed)));
	end_child(clone3_flags(FLAG_AUTOREAP)); /* not with an exit signal */
	end_child(clone3_flags(FLAG_NNP));
	end_child(clone3_flags(FLAG_EMPTY_MNTNS)); /* implies CLONE_NEWNS */
}

/* In the child: one more process from inside, then exit. */
static void inside(pid_t pid)
{
	if (pid == 0)
		end_child(fork());
	end_child(pid);
}

static void step_namespaces(void)
{
	static const unsigned long flags[] = {
		CLONE_NEWPID,    CLONE_NEWUSER,   CLONE_NEWNET, CLONE_NEWNS,
		CLONE_NEWUTS,    CLONE_NEWIPC,    CLONE_NEWCGROUP,
		CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET,
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		inside(raw_clone(flags[i] | SIGCHLD));
		inside(clone3_flags(flags[i]));
	}
}

/* Deeper and deeper until the kernel refuses, with a sibling at each level. */
static void nest(unsigned long flag)
{
	pid_t pid = raw_clone(flag | SIGCHLD);

	if (pid == 0) {
		end_child(fork());
		nest(flag);
		_exit(0);
	}
	end_child(pid);
}

static void step_nested(void)
{
	nest(CLONE_NEWPID);
	nest(CLONE_NEWUSER);
}

/* The first process of a namespace has no siblings, and may choose pids. */
static void step_namespace_init(void)
{
	pid_t want = 77;
	struct clone_args args = {.exit_signal = SIGCHLD,
				  .set_tid = (uintptr_t)&want,
				  .set_tid_size = 1};
	pid_t pid = clone3_flags(CLONE_NEWPID);

	if (pid == 0) {
		raw_clone(CLONE_PARENT | SIGCHLD);
		end_child(raw_clone3(&args, sizeof(args)));
		want = 1;
		end_child(raw_clone3(&args, sizeof(args)));
	}
	end_child(pid);
}

static void step_dead_namespace(void)
{
	if (unshare(CLONE_NEWPID))
		return;
	end_child(fork()); /* its first process, and its end */
	end_child(fork());
	end_child(vfork());
}

static void write_to(const char *dir, const char *file, const char *text)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

static void step_cgroups(void)
{
	char dir[PATH_MAX / 2];
	struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD};
	int fd;

	snprintf(dir, sizeof(dir), "%s/forkdb-e2e", cgroup_mount);
	write_to(cgroup_mount, "cgroup.subtree_control", "+pids");
	mkdir(dir, 0755);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	args.cgroup = fd < 0 ? 999 : fd;
	inside(raw_clone3(&args, sizeof(args)));
	args.cgroup = 999; /* no such descriptor */
	end_child(raw_clone3(&args, sizeof(args)));
	args.cgroup = fd < 0 ? 999 : fd;
	write_to(dir, "pids.max", "1");
	end_child(raw_clone3(&args, sizeof(args))); /* room for one */
	write_to(dir, "cgroup.procs", "0");
	end_child(fork()); /* and that is now this process */
	end_child(vfork());
	write_to(cgroup_mount, "cgroup.procs", "0");
	rmdir(dir);
}

/* Refused by kernel_clone() or copy_process(): recorded as failures. */
static void step_illegal(void)
{
	static const unsigned long pairs[] = {
		CLONE_THREAD,
		CLONE_SIGHAND,
		CLONE_THREAD | CLONE_SIGHAND,
		CLONE_FS | CLONE_NEWNS,
		CLONE_FS | CLONE_NEWUSER,
		CLONE_SYSVSEM | CLONE_NEWIPC,
		CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWPID,
		CLONE_PIDFD | CLONE_DETACHED,
		CLONE_PIDFD | CLONE_PARENT_SETTID, /* clone() has one pointer for both */
	};
	struct rlimit no_files = {0, 0};
	int both;
	struct clone_args args = {.flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
				  .pidfd = (uintptr_t)&both,
				  .parent_tid = (uintptr_t)&both,
				  .exit_signal = SIGCHLD};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		end_child(raw_clone(pairs[i] | SIGCHLD));
		end_child(raw_clone(pairs[i]));
	}
	end_child(raw_clone3(&args, sizeof(args)));
	args.flags = CLONE_PIDFD;
	args.pidfd = 1; /* not an address */
	end_child(raw_clone3(&args, sizeof(args)));
	setrlimit(RLIMIT_NOFILE, &no_files);
	args.pidfd = (uintptr_t)&both;
	end_child(raw_clone3(&args, sizeof(args)));
}

/* Refused while clone3() reads its argument: no source can see these. */
static void step_refused(void)
{
	struct { struct clone_args args; uint64_t more; } longer = {.more = 1};
	const struct clone_args bad[] = {
		{.exit_signal = 65}, /* since 7.1: refused by kernel_clone() */
		{.exit_signal = 255},
		{.exit_signal = 0x100 | SIGCHLD},
		{.flags = CLONE_DETACHED, .exit_signal = SIGCHLD},
		{.flags = 1ULL << 60, .exit_signal = SIGCHLD},
		{.flags = SIGCHLD},
		{.flags = CLONE_SIGHAND | CLONE_VM | CLONE_CLEAR_SIGHAND},
		{.flags = CLONE_PARENT, .exit_signal = SIGCHLD},
		{.exit_signal = SIGCHLD, .stack = 0x10000},
		{.exit_signal = SIGCHLD, .stack_size = 0x10000},
		{.exit_signal = SIGCHLD, .set_tid_size = 1},
		{.exit_signal = SIGCHLD, .set_tid = 0x10000},
		{.exit_signal = SIGCHLD, .set_tid = 1, .set_tid_size = 1},
		{.exit_signal = SIGCHLD, .set_tid = 0x10000, .set_tid_size = 33},
		{.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = 1ULL << 40},
	};
	struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		args = bad[i];
		end_child(raw_clone3(&args, sizeof(args)));
	}
	args = (struct clone_args){.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD};
	end_child(raw_clone3(&args, CLONE_ARGS_SIZE_VER1)); /* the field is missing */
	end_child(raw_clone3(&args, 0));
	end_child(raw_clone3(&args, 8));
	end_child(raw_clone3(&args, 1 << 20));
	end_child(raw_clone3(NULL, sizeof(args)));
	end_child(raw_clone3((void *)1, sizeof(args)));
	end_child(raw_clone3(&longer.args, sizeof(longer)));
}

const struct step clone3_steps[] = {
	{"clone3", step_clone3},
	{"flags of 7.1", step_flags_of_7_1},
	{"namespaces", step_namespaces},
	{"nested", step_nested},
	{"namespace init", step_namespace_init},
	{"dead namespace", step_dead_namespace},
	{"cgroups", step_cgroups},
	{"illegal", step_illegal},
	{"refused", step_refused},
	{NULL, NULL},
};
