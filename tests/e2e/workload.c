// SPDX-License-Identifier: MIT
/*
 * Makes processes in every way that Linux offers, and fails to in most of the
 * ways it can. Run under strace, it is what the database is compared with.
 *
 * Each step runs in a child of its own, so that its limits, users and
 * namespaces end with it. A step does not judge what the kernel answers: the
 * comparison does. Only a step that crashes fails the program.
 *
 * Usage: workload [CGROUP2_MOUNT]
 */
#define _GNU_SOURCE
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char *exit_argv[] = {"workload", "exit", NULL};

pid_t end_child(pid_t pid)
{
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, __WALL);
	return pid;
}

pid_t raw_clone(unsigned long flags)
{
	static int tid[2];

	return syscall(SYS_clone, flags, NULL, &tid[0], &tid[1], 0);
}

static void spawn_one(void)
{
	pid_t pid;

	if (!posix_spawn(&pid, "/proc/self/exe", NULL, NULL, exit_argv, environ))
		waitpid(pid, NULL, 0);
}

static void vfork_exec(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execv("/proc/self/exe", exit_argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static void step_plain(void)
{
	end_child(fork());
	end_child(syscall(SYS_fork));
	end_child(raw_clone(SIGCHLD));
	vfork_exec();
	spawn_one();
	if (system("true") < 0)
		_exit(1);
}

/* Three levels of three: many callers at work at once. */
static void fan(int depth)
{
	for (int i = 0; depth && i < 3; i++)
		if (fork() == 0) {
			fan(depth - 1);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
}

static void step_fan(void)
{
	fan(3);
}

static int end_vm_child(void *arg)
{
	return arg != NULL;
}

static void step_signals_and_memory(void)
{
	static char stack[64 * 1024] __attribute__((aligned(16)));

	signal(SIGUSR1, SIG_IGN);
	end_child(raw_clone(0));
	end_child(raw_clone(SIGUSR1));
	end_child(raw_clone(SIGCHLD | CLONE_FS | CLONE_FILES | CLONE_IO | CLONE_SYSVSEM));
	end_child(raw_clone(SIGCHLD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID));
	end_child(raw_clone(SIGCHLD | CLONE_UNTRACED)); /* strace cannot follow it */
	end_child(clone(end_vm_child, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
	end_child(raw_clone(SIGCHLD | CLONE_PARENT)); /* the caller's sibling */
}

static void *thread(void *depth)
{
	pthread_t inner;

	end_child(fork());
	vfork_exec();
	spawn_one();
	if (depth && !pthread_create(&inner, NULL, thread, NULL))
		pthread_join(inner, NULL);
	end_child(fork());
	return NULL;
}

static void step_threads(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, thread, "inner"))
			_exit(1);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

static void *exec_in_thread(void *arg)
{
	execl("/proc/self/exe", "workload", "fork", NULL);
	return arg;
}

/* A thread's exec ends the others and takes over the leader's pid. */
static void step_thread_exec(void)
{
	pthread_t other;

	if (!pthread_create(&other, NULL, exec_in_thread, NULL))
		pthread_join(other, NULL);
	_exit(1);
}

/* The caller dies inside vfork(): the call never returns, the child exists. */
static void step_vfork_killed(void)
{
	pid_t doomed = fork();

	if (doomed == 0) {
		volatile pid_t self = getpid();

		if (vfork() == 0) {
			kill(self, SIGKILL);
			_exit(0);
		}
		_exit(1);
	}
	waitpid(doomed, NULL, 0);
}

/* Outlives its parent, is handed to another, and only then makes children. */
static void step_orphan(void)
{
	int done[2];
	char byte;

	if (pipe(done))
		_exit(1);
	if (fork() == 0) {
		pid_t parent = getpid();

		if (fork() == 0) {
			while (getppid() == parent)
				sched_yield();
			end_child(fork());
			end_child(fork());
		}
		_exit(0);
	}
	close(done[1]);
	while (wait(NULL) > 0)
		;
	if (read(done[0], &byte, 1) != 0) /* ends when the orphan has ended */
		_exit(1);
}

static void ignore(int sig)
{
	(void)sig;
}

/* A signal on its way makes copy_process() return ERESTARTNOINTR. */
static void step_interrupted(void)
{
	struct sigaction sa = {.sa_handler = ignore, .sa_flags = SA_RESTART};
	pid_t self = getpid(), sender;

	sigaction(SIGUSR2, &sa, NULL);
	sender = fork();
	if (sender == 0) {
		for (int i = 0; i < 3000 && getppid() == self; i++) {
			kill(self, SIGUSR2);
			for (int j = i % 17; j > 0; j--)
				sched_yield();
		}
		_exit(0);
	}
	for (int i = 0; i < 60; i++)
		end_child(fork());
	kill(sender, SIGKILL);
	waitpid(sender, NULL, 0);
}

static void step_user_limits(void)
{
	struct rlimit one = {1, 1};

	setrlimit(RLIMIT_NPROC, &one);
	if (setresuid(1000, 1000, 1000))
		_exit(1);
	end_child(fork());
	end_child(vfork());
	end_child(raw_clone(CLONE_NEWNET | SIGCHLD));
	end_child(raw_clone(CLONE_NEWUSER | SIGCHLD));
}

static void step_user_privileges(void)
{
	if (setresuid(1000, 1000, 1000))
		_exit(1);
	end_child(fork());
	end_child(raw_clone(CLONE_NEWNET | SIGCHLD));
	end_child(raw_clone(CLONE_NEWUSER | CLONE_NEWNET | SIGCHLD));
}

static const struct step steps[] = {
	{"plain", step_plain},
	{"fan", step_fan},
	{"signals and memory", step_signals_and_memory},
	{"threads", step_threads},
	{"thread exec", step_thread_exec},
	{"vfork killed", step_vfork_killed},
	{"orphan", step_orphan},
	{"interrupted", step_interrupted},
	{"user limits", step_user_limits},
	{"user privileges", step_user_privileges},
	{NULL, NULL},
};

static int run_steps(const struct step *step)
{
	int failed = 0, status;

	for (; step->name; step++) {
		pid_t pid = fork();

		if (pid == 0) {
			step->run();
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
			fprintf(stderr, "workload: step \"%s\" failed\n", step->name);
			failed = 1;
		}
	}
	return failed;
}

int main(int argc, char **argv)
{
	int failed;

	if (argc > 1 && strcmp(argv[1], "exit") == 0)
		return 0;
	if (argc > 1 && strcmp(argv[1], "fork") == 0) {
		end_child(fork());
		return 0;
	}
	cgroup_mount = argc > 1 ? argv[1] : "/sys/fs/cgroup";
	failed = run_steps(steps);
	failed |= run_steps(clone3_steps);
	while (wait(NULL) > 0) /* what CLONE_PARENT gave us */
		;
	return failed;
}
