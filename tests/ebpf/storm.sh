#!/bin/sh
# SPDX-License-Identifier: MIT
# 200,000 process creations as fast as they come. With the default settings
# every one must be a row; with a tiny buffer and a recorder that is held up,
# rows and gaps must add up to the last digit. forkstat runs beside the first.
. "$(dirname "$0")/lib.sh"

calls=200000
cc -static -O2 -o "$out/storm" "$here/../e2e/storm.c"

start_recorder
forkstat -e fork >"$out/forkstat.txt" &
forkstat=$!
# It prints its heading with the first event, so it is given some.
until [ -s "$out/forkstat.txt" ] || ! kill -0 $forkstat; do /bin/true; done
"$out/storm" forks $calls &
storm=$!
wait $storm
# A fork is a line for the parent and one for the child.
forkstat_lines() {
	awk -v pid=$storm '$2 == "fork" && $3 == pid && $4 == "parent"' \
		"$out/forkstat.txt" | wc -l
}
# To be fair, it is given the time that it wants to catch up.
lines=-1
while [ "$lines" -ne "$(forkstat_lines)" ]; do
	lines=$(forkstat_lines)
	sleep 1
done
kill -INT $forkstat
wait $forkstat || true
stop_recorder
rows=$(ask "SELECT count(*) FROM forks WHERE pid = $storm")
gaps=$(ask "SELECT ifnull(sum(last_seq - first_seq + 1), 0) FROM gaps")
lines=$(forkstat_lines)
echo "calls made  forkdb rows  in gaps  forkstat"
echo "$calls      $rows       $gaps        $lines"
[ "$rows" -eq $calls ] || fail "$rows rows of $calls calls"
[ "$gaps" -eq 0 ] || fail "$gaps records lost with the default settings"

rm -f "$out"/live.db*
start_recorder --buffer 64K
# Held up, so that the buffer of some 580 records runs over.
kill -STOP "$recorder"
"$out/storm" forks 20000 &
storm=$!
wait $storm
kill -CONT "$recorder"
stop_recorder
rows=$(ask "SELECT count(*) FROM records")
storm_rows=$(ask "SELECT count(*) FROM forks WHERE pid = $storm")
gaps=$(ask "SELECT ifnull(sum(last_seq - first_seq + 1), 0) FROM gaps")
numbers=$(ask "SELECT next_seq - 1 FROM streams")
echo "numbers given out $numbers: $rows rows ($storm_rows of the storm) and" \
	"$gaps in gaps"
[ "$gaps" -gt 0 ] || fail "nothing was lost: the test has no teeth"
[ $((rows + gaps)) -eq "$numbers" ] || fail "rows and gaps are not all numbers"
[ $((storm_rows + gaps)) -ge 20000 ] || fail "lost records that are in no gap"
[ "$(ask 'PRAGMA integrity_check')" = ok ] || fail "integrity_check"
