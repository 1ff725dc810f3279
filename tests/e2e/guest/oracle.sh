# SPDX-License-Identifier: MIT
# The workload under strace, while a recorder runs.
. /e2e/lib.sh
mkdir "$out/strace"
record_once
start_recorder
strace -ff -q --pidns-translation -X raw -e signal=none \
	-e trace=clone,clone3,fork,vfork,unshare,setns,setresuid \
	-o "$out/strace/t" \
	sh -c 'echo $$ >"$0/root"; exec /e2e/workload' "$out/strace" ||
	fail "the workload failed"
stop_recorder
record_once
