/* SPDX-License-Identifier: MIT */
/* What the two halves of the workload share. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <sys/types.h>

struct step {
	const char *name;
	void (*run)(void);
};

/* Steps around clone3(), namespaces and cgroups; ends with a NULL name. */
extern const struct step clone3_steps[];
extern const char *cgroup_mount;

/* In the child: exit. In the parent: wait for it. Returns pid. */
pid_t end_child(pid_t pid);
/* The bare system call without a stack; flags hold the exit signal. */
pid_t raw_clone(unsigned long flags);

#endif
