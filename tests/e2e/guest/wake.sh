# SPDX-License-Identifier: MIT
# A recorder sleeps as long as nothing happens, and is woken by a buffer that is
# half full, whatever its interval.
. /e2e/lib.sh
half=$(($(capacity) / 2))

# How often the recorder has gone to sleep; nothing is forked for the answer.
count_sleeps() {
	while read -r name count; do
		[ "$name" != voluntary_ctxt_switches: ] || sleeps=$count
	done <"/proc/$recorder/status"
}

next_seq() {
	sql 'SELECT next_seq FROM streams'
}

record_once
start_recorder
wait_stored
read -r -t 1 line <&4
count_sleeps
before=$sleeps
read -r -t 5 line <&4 # which says nothing
count_sleeps
echo $((sleeps - before)) >"$out/sleeps"
stop_recorder

interval=1h
start_recorder
for storm in 1 2 3; do
	was=$(next_seq)
	/e2e/storm calls $((half + half / 2))
	until [ "$(next_seq)" -ge $((was + half)) ]; do :; done
done
stop_recorder
dump after
