# SPDX-License-Identifier: MIT
# What the load scenarios share: record_load COMMAND... runs /e2e/load with a
# recorder beside it.
. /e2e/lib.sh
buffer= # options of the recorder

record_load() {
	start_recorder --source ebpf $buffer
	/e2e/load "$@" >"$out/made" || fail "the load failed"
	stop_recorder
}
