#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Write one patch, fit for git am and for patch -p1, that adds fork_info to a
# Linux tree. The tree is only read, and need not be a git repository.

set -eu

if [ $# -ne 1 ]; then
	echo "usage: ${0##*/} TREE|SERIES    (for example ~/linux, or 6.12)" >&2
	exit 2
fi

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

series=$1
if [ -d "$1" ]; then
	if ! [ -f "$1/Makefile" ] || ! [ -f "$1/kernel/fork.c" ]; then
		echo "${0##*/}: $1 is not a Linux tree" >&2
		exit 1
	fi
	series=$(awk '$1 == "VERSION" { v = $3 } $1 == "PATCHLEVEL" { p = $3 }
		      END { print v "." p }' "$1/Makefile")
fi

hooks=$here/hooks-$series.patch
if ! [ -f "$hooks" ]; then
	known=$(cd "$here" && echo hooks-*.patch |
		sed 's/hooks-//g; s/\.patch//g; s/ /, /g')
	echo "${0##*/}: no hooks for Linux $series, only for $known" >&2
	exit 1
fi

name=$(git -C "$here" config user.name 2>/dev/null) || name=
email=$(git -C "$here" config user.email 2>/dev/null) || email=
author="${name:-forkdb developers} <${email:-forkdb@localhost}>"

# new_file SOURCE TARGET: the diff that creates TARGET
new_file() {
	lines=$(wc -l <"$here/$1")
	printf -- '--- /dev/null\n+++ b/%s\n@@ -0,0 +1,%d @@\n' "$2" "$lines"
	sed 's/^/+/' "$here/$1"
}

cat <<END
From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: $author
Subject: [PATCH] fork: remember the last process creations

Who started this process, and when, and as whom? Once a process is gone
the kernel cannot tell, and the usual ways to find out ahead of time
(audit, tracing, process accounting) are either set up in advance for one
purpose, or note ends and not beginnings, or leave out the calls that
failed.

Keep a record of every call of kernel_clone() in a ring of fixed size that
overwrites its oldest records. The fork path pays for a copy of 104 bytes
under a spinlock. It never allocates, sleeps, fails or waits for a reader
on account of it. Each way out of kernel_clone() is recorded: both kinds
of failure, and success before the child is woken, so that a vfork is
recorded when it happens and a record always precedes those of the
child's own calls.

Records are numbered from boot on. A reader keeps the number that it
wants next; reading consumes nothing, so that any number of readers can
do so, and each can tell by the numbers what it came too late for. What
presents the records to user space is not part of this patch:
fork_info_get() and fork_info_poll() are there for a module to do it.

With CONFIG_FORK_INFO=n the code of fork.c stays as it was.

Signed-off-by: $author
---
END

new_file fork_info.h include/linux/fork_info.h
new_file Kconfig.fork_info kernel/Kconfig.fork_info
new_file fork_info.c kernel/fork_info.c
new_file fork_info_kunit.c kernel/fork_info_kunit.c
cat "$hooks"
printf -- '-- \nforkdb\n\n'
