// SPDX-License-Identifier: MIT
/*
 * One thread makes clone3() calls while another changes their argument in memory
 * all the time. What comes of the calls is known from the kernel alone.
 *
 *   forge good CALLS   children whose exit signal is 17 or 10; /proc says which
 *                      one the kernel took. Prints "17 N" and "10 N".
 *   forge bad CALLS    as an ordinary user with no processes left: calls that
 *                      reach kernel_clone() fail with EAGAIN, and those with the
 *                      other argument with EINVAL before. Prints "EAGAIN N" and
 *                      "EINVAL N".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

static struct clone_args args = {.exit_signal = SIGCHLD};
static volatile int stop;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void *change_signal(void *unused)
{
	volatile __u64 *signal = &args.exit_signal;

	while (!stop)
		*signal = *signal == SIGCHLD ? SIGUSR1 : SIGCHLD;
	return unused;
}

static void *change_size(void *unused)
{
	volatile __u64 *size = &args.set_tid_size;

	while (!stop)
		*size = *size ? 0 : 1000;
	return unused;
}

/* The last but 14 of 52 fields of /proc/PID/stat. */
static int exit_signal_of(pid_t pid)
{
	char path[64], text[1024], *at;
	FILE *file;
	size_t size;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		die(path);
	size = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[size] = 0;
	at = strrchr(text, ')');
	for (int field = 2; at && field < 38; field++)
		at = strchr(at + 1, ' ');
	return at ? atoi(at) : -1;
}

static void good(long calls)
{
	long counts[65] = {0};

	for (long i = 0; i < calls; i++) {
		pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
		siginfo_t info;

		if (pid == 0)
			_exit(0);
		if (pid < 0)
			die("clone3");
		if (waitid(P_PID, pid, &info, WEXITED | WNOWAIT | __WALL))
			die("waitid");
		counts[exit_signal_of(pid) & 63]++;
		waitpid(pid, NULL, __WALL);
	}
	printf("%d %ld\n%d %ld\n", SIGCHLD, counts[SIGCHLD], SIGUSR1, counts[SIGUSR1]);
}

static void bad(long calls)
{
	long again = 0, invalid = 0;

	for (long i = 0; i < calls; i++) {
		if (syscall(SYS_clone3, &args, sizeof(args)) >= 0)
			_exit(1);
		if (errno == EAGAIN)
			again++;
		else if (errno == EINVAL)
			invalid++;
		else
			die("clone3");
	}
	printf("EAGAIN %ld\nEINVAL %ld\n", again, invalid);
}

int main(int argc, char **argv)
{
	const struct rlimit none = {0, 0};
	const long calls = argc > 2 ? atol(argv[2]) : 0;
	const int is_good = argc > 2 && strcmp(argv[1], "good") == 0;
	pthread_t thread;

	if (calls <= 0)
		return 2;
	signal(SIGUSR1, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	if (pthread_create(&thread, NULL, is_good ? change_signal : change_size, NULL))
		return 1;
	if (!is_good && (setrlimit(RLIMIT_NPROC, &none) || setuid(NOBODY)))
		die("nobody");
	if (is_good)
		good(calls);
	else
		bad(calls);
	stop = 1;
	return pthread_join(thread, NULL);
}
