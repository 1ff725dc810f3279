// SPDX-License-Identifier: MIT
/*
 * flag_sets COUNT: makes COUNT calls of clone() that fail with EINVAL, nearly
 * each with flags of its own.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long i, flags;

	for (i = 1; i <= count; i++) {
		/* The kernel refuses CLONE_SIGHAND without CLONE_VM. */
		flags = (i * 2654435761UL) & 0xffffffffUL & ~(unsigned long)CLONE_VM;
		if (syscall(SYS_clone, flags | CLONE_SIGHAND, 0, 0, 0, 0) != -1) {
			fprintf(stderr, "flag_sets: call %lu did not fail\n", i);
			return 1;
		}
	}
	return 0;
}
