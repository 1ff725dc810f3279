#!/bin/sh
# SPDX-License-Identifier: MIT
# The end-to-end test's workload on this machine's own kernel: strace and the
# eBPF source must have seen exactly the same calls of its process tree.
. "$(dirname "$0")/lib.sh"

e2e=$here/../e2e
cc -static -pthread -O2 -o "$out/workload" "$e2e"/workload*.c
mkdir "$out/strace"

start_recorder
cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
strace -ff -q --pidns-translation -X raw -e signal=none \
	-e trace=clone,clone3,fork,vfork,unshare,setns,setresuid \
	-o "$out/strace/t" \
	sh -c 'echo $$ >"$0/root"; exec "$@"' "$out/strace" \
	"$out/workload" ${cgroup:+"$cgroup"} ||
	fail "the workload failed"
stop_recorder

python3 "$e2e/check.py" --db "$out/live.db" --strace "$out/strace" \
	--want EAGAIN,EINVAL,CLONE_NEWPID,CLONE_NEWUSER,CLONE_PIDFD,CLONE_THREAD
