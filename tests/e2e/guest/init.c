// SPDX-License-Identifier: MIT
/*
 * The first process of the guest: makes it a small Linux, runs the scenarios
 * that the kernel's command line names (forkdb.scenario=a,b), copies what they
 * leave to the host and says on the second serial port how it went.
 *
 * Lines there: "pass NAME", "fail NAME", and last "PASS" or "FAIL NAMES". A
 * scenario may write others itself. A guest that says no last line has failed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUT "/tmp/out"
#define SHARE "/share"

static int verdict = -1;

static void say(const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	printf("init: %s\n", line);
	if (verdict >= 0)
		dprintf(verdict, "%s\n", line);
}

static void __attribute__((noreturn)) end(void)
{
	sync();
	if (verdict >= 0)
		syscall(SYS_ioctl, verdict, 0x5409 /* TCSBRK: drain */, 1);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void __attribute__((noreturn)) die(const char *what)
{
	say("FAIL init: %s: %s", what, strerror(errno));
	end();
}

static void mount_at(const char *type, const char *source, const char *dir,
		     const char *options)
{
	mkdir(dir, 0755);
	if (mount(source, dir, type, 0, options))
		die(dir);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
		die(path);
	close(fd);
}

/* All files of the directory, by name. A kernel with everything built in has
 * no such directory. */
static void load_modules(const char *dir)
{
	struct dirent **entries;
	int count = scandir(dir, &entries, NULL, alphasort);
	char path[PATH_MAX];

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			load_module(path);
	}
}

static void mount_all(void)
{
	mount_at("proc", "proc", "/proc", NULL);
	mount_at("sysfs", "sysfs", "/sys", NULL);
	mkdir("/dev", 0755);
	if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) && errno != EBUSY)
		die("/dev");
	verdict = open("/dev/ttyS1", O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (verdict < 0)
		die("/dev/ttyS1");
	mount_at("tmpfs", "tmpfs", "/tmp", "mode=1777");
	mount_at("tmpfs", "tmpfs", "/run", "mode=755");
	mount_at("cgroup2", "cgroup2", "/sys/fs/cgroup", NULL);
	load_modules("/e2e/modules");
	mount_at("9p", "share", SHARE, "trans=virtio,version=9p2000.L,msize=262144");
	mkdir(OUT, 0755);
	mkdir(SHARE "/out", 0755);
}

static void set_up_network(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (sethostname("guest", 5) || fd < 0)
		die("network");
	/* A kernel without IP has a loopback device all the same. */
	if (ioctl(fd, SIOCSIFFLAGS, &lo))
		printf("init: no loopback\n");
	close(fd);
}

/* Runs a command and reaps whatever else ends meanwhile. Returns its status. */
static int run(char *const argv[])
{
	int status;
	pid_t pid = fork(), ended;

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		setsid();
		execv(argv[0], argv);
		_exit(127);
	}
	while ((ended = waitpid(-1, &status, 0)) != pid)
		if (ended < 0)
			die("waitpid");
	return status;
}

/* The value of forkdb.scenario= on the kernel's command line. */
static char *wanted_scenarios(void)
{
	static char line[4096];
	FILE *file = fopen("/proc/cmdline", "r");
	char *word = NULL;

	if (file && fgets(line, sizeof(line), file))
		word = strstr(line, "forkdb.scenario=");
	if (!word)
		die("no scenario on the command line");
	fclose(file);
	word += strlen("forkdb.scenario=");
	word[strcspn(word, " \n")] = '\0';
	return word;
}

static int run_scenario(char *name)
{
	char script[128], left[128];
	char *argv[] = {"/bin/sh", script, name, NULL};
	char *copy[] = {"/bin/cp", "-r", left, SHARE "/out", NULL};
	int failed;

	snprintf(script, sizeof(script), "/e2e/%s.sh", name);
	snprintf(left, sizeof(left), OUT "/%s", name);
	printf("init: scenario %s\n", name);
	failed = run(argv) != 0;
	kill(-1, SIGKILL); /* what a failed scenario left running */
	if (run(copy) != 0)
		failed = 1;
	say("%s %s", failed ? "fail" : "pass", name);
	return failed;
}

int main(void)
{
	char failed[256] = "", *name, *list;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("PATH", "/bin", 1);
	setenv("HOME", "/tmp", 1);
	mount_all();
	write_file("/proc/sys/kernel/panic_on_warn", "1");
	set_up_network();
	/* A kernel without CONFIG_FORK_INFO, as benchmarks have it, has none. */
	if (access("/e2e/fork_info.ko", F_OK) == 0)
		load_module("/e2e/fork_info.ko");
	list = wanted_scenarios();
	while ((name = strsep(&list, ",")) != NULL)
		if (run_scenario(name)) {
			strncat(failed, " ", sizeof(failed) - strlen(failed) - 1);
			strncat(failed, name, sizeof(failed) - strlen(failed) - 1);
		}
	say(*failed ? "FAIL%s" : "PASS", failed);
	end();
}
