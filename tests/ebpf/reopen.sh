#!/bin/sh
# SPDX-License-Identifier: MIT
# A database that is opened anew after an error, while processes are created:
# eBPF cannot be read again from its oldest, so what waits in memory must come
# next. Nothing is counted as lost.
. "$(dirname "$0")/lib.sh"

start_recorder --interval 50ms
/bin/true
drained() {
	[ -n "$(ask 'SELECT 1 FROM drains LIMIT 1')" ]
}
wait_for drained
# The next pass is stored, those after it are refused: each try opens anew.
last=$(ask 'SELECT max(id) FROM drains')
ask "PRAGMA busy_timeout = 30000;
	CREATE UNIQUE INDEX own ON drains (stream) WHERE id > $last" >"$out/index"
for _ in $(seq 1500); do /bin/true; done
read -r line <&3
[ "${line#*UNIQUE constraint failed}" != "$line" ] || fail "said: $line"
ask "PRAGMA busy_timeout = 30000; DROP INDEX own" >"$out/index"
stop_recorder >"$out/said"

cat "$out/said"
grep -q "0 gaps with 0 records missing" "$out/said" || fail "false losses"
[ "$(ask 'SELECT count(*) FROM gaps')" -eq 0 ] || fail "gaps"
[ "$(ask 'SELECT count(*) = (SELECT next_seq - 1 FROM streams) FROM records')" \
	-eq 1 ] || fail "rows are not the numbers given out"
[ "$(ask 'SELECT count(*) >= 1500 FROM records')" -eq 1 ] || fail "too few rows"
