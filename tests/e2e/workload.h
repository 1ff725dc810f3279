/* SPDX-License-Identifier: MIT */
/* Declarations that both sources of the workload share. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <sys/types.h>

struct step {
	const char *name;
	void (*run)(void);
};

/* Steps with clone3(), namespaces and cgroups. A NULL name ends the list. */
extern const struct step clone3_steps[];
extern const char *cgroup_mount;

/* Exits in the child. In the parent, waits for the child and returns pid. */
pid_t end_child(pid_t pid);
/* Calls clone(2) without a stack; flags contain the exit signal. */
pid_t raw_clone(unsigned long flags);

#endif
