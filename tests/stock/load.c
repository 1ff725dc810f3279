// SPDX-License-Identifier: MIT
/*
 * Makes process creations from many processes at once, and counts them itself.
 *
 *   load parallel PROCESSES GOOD BAD   each makes GOOD children (fork and
 *                                      vfork in turn) and BAD failing calls
 *   load vforks PROCESSES GOOD         the same with vfork alone
 *   load hide CALLS PROCESSES          root makes CALLS calls, nine of ten of
 *                                      them failing, while uid 65534 fails
 *                                      without end in PROCESSES processes on
 *                                      each processor at nice 19
 *
 * Prints "NAME VALUE" a line:
 *   from_ns, to_ns  CLOCK_REALTIME; all calls of the load lie between them
 *   forks           how many tasks the kernel made between them, of anybody
 *   good, bad       calls of the load that succeeded and that failed
 *   root_pid, root_calls   hide: whose calls may be hidden, and how many
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORKERS 64
#define NOBODY 65534

/* Written by one worker each, and read when it has ended. */
struct count {
	long good, bad;
	char apart[112];
};

struct shared {
	volatile int go, stop;
	struct count counts[MAX_WORKERS];
};

static struct shared *shared;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void nap(void)
{
	const struct timespec time = {.tv_nsec = 50 * 1000 * 1000};

	nanosleep(&time, NULL);
}

/* The tasks that the kernel has made since it booted. */
static long kernel_forks(void)
{
	char line[8192];
	long forks = -1;
	FILE *stat = fopen("/proc/stat", "r");

	while (stat && fgets(line, sizeof(line), stat))
		if (sscanf(line, "processes %ld", &forks) == 1)
			break;
	if (!stat || forks < 0)
		die("/proc/stat");
	fclose(stat);
	return forks;
}

/* A moment around which nobody made a task; sets the tasks made until then. */
static long long quiet_moment_ns(long *forks)
{
	struct timespec now;
	long before;

	do {
		before = kernel_forks();
		nap();
		clock_gettime(CLOCK_REALTIME, &now);
		nap();
		*forks = kernel_forks();
	} while (*forks != before);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void good_call(struct count *count, int use_vfork)
{
	pid_t pid = use_vfork ? vfork() : (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	if (pid < 0) {
		count->bad++;
		return;
	}
	count->good++;
	if (waitpid(pid, NULL, 0) != pid)
		die("waitpid");
}

/* Two ways of asking for what the kernel never gives. */
static void bad_call(struct count *count)
{
	unsigned long flags = count->bad % 2 ? CLONE_THREAD : CLONE_FS | CLONE_NEWNS;

	if (syscall(SYS_clone, flags, 0, 0, 0, 0) != -1)
		die("a call that cannot succeed did");
	count->bad++;
}

/* Good calls with the bad ones spread between them. */
static void work(struct count *count, long good, long bad, int vfork_only)
{
	for (long done = 0; done < good; done++) {
		good_call(count, vfork_only || done % 2);
		for (long i = bad * done / good; i < bad * (done + 1) / good; i++)
			bad_call(count);
	}
}

static void wait_for_go(void)
{
	while (!shared->go)
		sched_yield();
}

/* A child of this process; counts the call that makes it. */
static pid_t worker(struct count *own)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		own->good++;
	return pid;
}

static void fail_as_nobody(struct count *count, int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) ||
	    setpriority(PRIO_PROCESS, 0, 19) || setresuid(NOBODY, NOBODY, NOBODY))
		die("nobody");
	wait_for_go();
	while (!shared->stop)
		bad_call(count);
}

static void reap_all(void)
{
	int status;

	while (wait(&status) > 0)
		if (status)
			exit(1);
}

static void run_parallel(struct count *own, int processes, long good, long bad,
			 int vfork_only)
{
	for (int i = 1; i <= processes; i++)
		if (worker(own) == 0) {
			wait_for_go();
			work(&shared->counts[i], good, bad, vfork_only);
			exit(0);
		}
	shared->go = 1;
	reap_all();
}

static void run_hide(struct count *own, long calls, int processes)
{
	struct count *root = &shared->counts[1];
	int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
	pid_t pid;

	for (int i = 0; i < cpus * processes && i < MAX_WORKERS - 2; i++)
		if (worker(own) == 0) {
			fail_as_nobody(&shared->counts[i + 2], i % cpus);
			exit(0);
		}
	pid = worker(own);
	if (pid == 0) {
		wait_for_go();
		/* The others are at it, and the recorder has had time to notice. */
		for (int i = 0; i < 5; i++)
			nap();
		work(root, calls / 10, calls - calls / 10, 0);
		exit(0);
	}
	shared->go = 1;
	if (waitpid(pid, NULL, 0) != pid)
		die("waitpid");
	shared->stop = 1;
	reap_all();
	printf("root_pid %d\nroot_calls %ld\n", pid, root->good + root->bad);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long numbers[3] = {0}, before, after, good = 0, bad = 0;
	long long from_ns, to_ns;

	for (int i = 2; i < argc && i < 5; i++)
		numbers[i - 2] = atol(argv[i]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	from_ns = quiet_moment_ns(&before);
	if (strcmp(what, "parallel") == 0 && numbers[0] < MAX_WORKERS)
		run_parallel(shared->counts, (int)numbers[0], numbers[1], numbers[2], 0);
	else if (strcmp(what, "vforks") == 0 && numbers[0] < MAX_WORKERS)
		run_parallel(shared->counts, (int)numbers[0], numbers[1], 0, 1);
	else if (strcmp(what, "hide") == 0)
		run_hide(shared->counts, numbers[0], (int)numbers[1]);
	else
		return 2;
	to_ns = quiet_moment_ns(&after);
	for (int i = 0; i < MAX_WORKERS; i++) {
		good += shared->counts[i].good;
		bad += shared->counts[i].bad;
	}
	printf("from_ns %lld\nto_ns %lld\nforks %ld\ngood %ld\nbad %ld\n", from_ns,
	       to_ns, after - before, good, bad);
	return 0;
}
