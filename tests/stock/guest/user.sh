# SPDX-License-Identifier: MIT
# As parallel.sh, but the recorder is an ordinary user with two capabilities,
# as in examples/forkdb.service, and tracefs is not mounted.
. /e2e/load.sh
umount /sys/kernel/tracing || fail "tracefs is not mounted here"
chown alice "$out"
# By its path: the shell prefers its own setpriv, which knows less.
run_as="/bin/setpriv --reuid=alice --regid=alice --clear-groups
	--inh-caps=-all,+bpf,+perfmon --ambient-caps=-all,+bpf,+perfmon"
record_load parallel 8 1000 3000
