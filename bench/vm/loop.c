// SPDX-License-Identifier: MIT
/*
 * What the guest of kernel_cost.py runs. Prints numbers on one line.
 *
 *   loop fork N [PID]    N times fork, exit, wait: time stamp counter's ticks;
 *                        CPU nanoseconds of the processes that did it; and
 *                        those that process PID used meanwhile
 *   loop exec N [PID]    the same of vfork, exec, exit, wait
 *   loop fail N [PID]    the same of a clone that is refused at once
 *   loop clock           ticks, and this thread's own CPU nanoseconds for them
 *   loop drain           read /proc/fork_info: ticks, calls, bytes, records
 *   loop storm P N       P processes at once, each N times fork, exit, wait:
 *                        nanoseconds
 *
 * Under QEMU's -icount shift=0 a tick is one instruction of the processor. A
 * quarter of each loop is run before anything is counted.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

typedef unsigned long long u64;

static char *self;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void reap(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		die("child");
}

static void do_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	reap(pid);
}

static void do_exec(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl(self, self, "true", NULL);
		_exit(1);
	}
	reap(pid);
}

static void do_fail(void)
{
	/* A thread without CLONE_SIGHAND is not possible. */
	if (syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0) != -1)
		exit(1);
}

static u64 nanoseconds(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		die("clock_gettime");
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* CPU time of another process; 0 if there is none to ask for. */
static u64 used_by(pid_t pid)
{
	clockid_t clock;

	if (!pid)
		return 0;
	if (clock_getcpuclockid(pid, &clock))
		die("clock_getcpuclockid");
	return nanoseconds(clock);
}

/* CPU time of this process and of its children that have ended. */
static u64 used_here(void)
{
	struct rusage children;

	if (getrusage(RUSAGE_CHILDREN, &children))
		die("getrusage");
	return nanoseconds(CLOCK_PROCESS_CPUTIME_ID) +
	       (children.ru_utime.tv_sec + children.ru_stime.tv_sec) * 1000000000ULL +
	       (children.ru_utime.tv_usec + children.ru_stime.tv_usec) * 1000ULL;
}

static void measure(void (*call)(void), long count, pid_t other)
{
	u64 ticks, used, here;

	for (long i = 0; i < count / 4; i++)
		call();
	used = used_by(other);
	here = used_here();
	ticks = __rdtsc();
	for (long i = 0; i < count; i++)
		call();
	ticks = __rdtsc() - ticks;
	printf("%llu %llu %llu\n", ticks, used_here() - here, used_by(other) - used);
}

static void compare_clocks(void)
{
	u64 used = nanoseconds(CLOCK_THREAD_CPUTIME_ID), ticks = __rdtsc();

	for (volatile long i = 0; i < 20000000; i++)
		;
	used = nanoseconds(CLOCK_THREAD_CPUTIME_ID) - used;
	printf("%llu %llu\n", __rdtsc() - ticks, used);
}

static void drain(void)
{
	static char buffer[1 << 20];
	int fd = open("/proc/fork_info", O_RDONLY | O_CLOEXEC);
	u64 ticks, calls = 0, bytes = 0, lines = 0;
	ssize_t size;

	if (fd < 0)
		die("/proc/fork_info");
	memset(buffer, 1, sizeof(buffer)); /* no page fault shall be counted */
	ticks = __rdtsc();
	while ((size = read(fd, buffer + bytes, sizeof(buffer) - bytes)) > 0) {
		bytes += size;
		calls++;
	}
	ticks = __rdtsc() - ticks;
	if (size < 0 || bytes == sizeof(buffer))
		die("read");
	for (u64 i = 0; i < bytes; i++)
		lines += buffer[i] == '\n';
	printf("%llu %llu %llu %llu\n", ticks, calls, bytes, lines - 2);
}

static void storm(long processes, long count)
{
	int start[2], status;
	char byte;
	u64 begin;

	if (pipe(start))
		die("pipe");
	for (long i = 0; i < processes; i++)
		if (fork() == 0) {
			close(start[1]);
			if (read(start[0], &byte, 1) != 0)
				_exit(1);
			while (count--)
				do_fork();
			_exit(0);
		}
	begin = nanoseconds(CLOCK_MONOTONIC);
	close(start[1]); /* go */
	for (long i = 0; i < processes; i++)
		if (wait(&status) < 0 || status)
			die("child");
	printf("%llu\n", nanoseconds(CLOCK_MONOTONIC) - begin);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long count = argc > 2 ? atol(argv[2]) : 0;
	long other = argc > 3 ? atol(argv[3]) : 0;

	self = argv[0];
	if (strcmp(what, "fork") == 0)
		measure(do_fork, count, other);
	else if (strcmp(what, "exec") == 0)
		measure(do_exec, count, other);
	else if (strcmp(what, "fail") == 0)
		measure(do_fail, count, other);
	else if (strcmp(what, "clock") == 0)
		compare_clocks();
	else if (strcmp(what, "drain") == 0)
		drain();
	else if (strcmp(what, "storm") == 0)
		storm(count, other);
	else if (strcmp(what, "true") != 0)
		return 2;
	return 0;
}
