// SPDX-License-Identifier: MIT
/*
 * Makes records on demand, many or with known contents.
 *
 *   storm calls N           N calls, one child to three failures
 *   storm forks N           N children
 *   storm forever           the same without end
 *   storm chunks N          for each line read, N calls and a line written
 *   storm comm              a child under each of the names below; prints
 *                           "child-pid name-in-hex" a line
 *   storm reuse N           N children with a child each; prints "pid
 *                           start-time-in-ticks child-pid" a line
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static pid_t child(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		die("vfork");
	return pid;
}

static void calls(long count)
{
	for (long i = 0; i < count; i++) {
		if (i % 4 == 0)
			child();
		else if (syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0) != -1)
			exit(1); /* a thread without CLONE_SIGHAND is not possible */
	}
}

static void forks(long count)
{
	for (long i = 0; i < count; i++)
		child();
}

static void chunks(long count)
{
	char line[16];

	while (fgets(line, sizeof(line), stdin)) {
		calls(count);
		if (puts("done") < 0)
			die("stdout");
	}
}

static void comms(void)
{
	static const char *const names[] = {
		"plain",
		"two words",
		" spaces  both ",
		"new\nline",
		"tab\tand\rreturn",
		"esc\033[31mred",
		"quote\"s",
		"apos'tr; --",
		"com,ma",
		"back\\slash",
		"octal\\040\\",
		"=cmd()",
		"+1-1@x",
		"gr\303\266\303\237e \342\202\254",        /* UTF-8 */
		"\360\237\220\247 and \360\237\220\202",   /* four-byte UTF-8 */
		"cut \342\202\254\342\202\254\342\202",    /* cut inside a character */
		"bad\377\376bytes",
		"\300\257overlong",
		"\355\240\200surrogate",
		"\001\177",
		"# not a comment",
		"fork_info - ver",
		"NULL",
		"",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (prctl(PR_SET_NAME, names[i]))
			die("prctl");
		printf("%d ", child());
		for (const char *c = names[i]; *c; c++)
			printf("%02x", (unsigned char)*c);
		printf("\n");
	}
}

/* When this process started, as the kernel tells everybody. */
static unsigned long long start_ticks(void)
{
	unsigned long long ticks;
	FILE *stat = fopen("/proc/self/stat", "r");

	if (!stat || fscanf(stat, "%*d (%*[^)]) %*c" /* then fields 4 to 21 */
			    " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
			    " %*s %*s %*s %*s %*s %*s %llu", &ticks) != 1)
		die("/proc/self/stat");
	fclose(stat);
	return ticks;
}

static void reuse(long count)
{
	for (long i = 0; i < count; i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			printf("%d %llu %d\n", getpid(), start_ticks(), child());
			exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			die("fork");
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long count = argc > 2 ? atol(argv[2]) : 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(what, "calls") == 0)
		calls(count);
	else if (strcmp(what, "forks") == 0)
		forks(count);
	else if (strcmp(what, "chunks") == 0)
		chunks(count);
	else if (strcmp(what, "comm") == 0)
		comms();
	else if (strcmp(what, "reuse") == 0)
		reuse(count);
	else if (strcmp(what, "forever") == 0)
		for (;;)
			calls(1000);
	else
		return 2;
	return 0;
}
