#!/bin/sh
# SPDX-License-Identifier: MIT
# Two recorders, one after the other, for a database takes one at a time: each
# attachment is a stream of its own, numbered from 1, and their numberings do not
# mix. Callers that one recorder saw being created are known to the next.
. "$(dirname "$0")/lib.sh"

start_recorder
# It lives on through the change of recorders.
mkfifo "$out/go"
sh -c 'read -r line; /bin/true; /bin/true' <"$out/go" &
survivor=$!
exec 5>"$out/go"
"$forkdb" record --source ebpf --db "$out/live.db" 2>"$out/second" &&
	fail "two recorders at once"
grep -q "the recorder with pid $recorder is using it" "$out/second" ||
	fail "the second recorder said: $(cat "$out/second")"
stop_recorder
sh -c '/bin/true; /bin/true' # nobody sees it
start_recorder
sh -c '/bin/true; /bin/true'
echo go >&5
exec 5>&-
wait $survivor
stop_recorder

[ "$(ask 'SELECT count(*) FROM streams')" -eq 2 ] || fail "not two streams"
[ "$(ask 'SELECT count(*) FROM boots')" -eq 1 ] || fail "not one boot"
[ "$(ask 'SELECT count(*) FROM gaps')" -eq 0 ] || fail "gaps between streams"
wrong=$(ask 'SELECT count(*) FROM streams WHERE next_seq - 1 <>
	(SELECT count(*) FROM forks WHERE stream = streams.id)')
[ "$wrong" -eq 0 ] || fail "rows are not the numbers given out"
linked=$(ask "SELECT count(*) FROM forks AS f JOIN forks AS c ON c.id = f.caller_id
	WHERE f.tgid = $survivor AND f.stream = 2 AND c.stream = 1
	AND c.child_pid = $survivor")
[ "$linked" -gt 0 ] || fail "the second stream does not know the first's children"
[ "$(ask "SELECT group_concat(what) FROM downtimes")" = "recorder stopped" ] ||
	fail "downtimes: $(ask 'SELECT what, began, ended FROM downtimes')"
# Its ends are the moments before detaching and after attaching.
hidden=$(ask 'SELECT count(*) FROM forks AS f, downtimes AS d
	WHERE f.time_ns BETWEEN d.began_ns + (d.ended_ns - d.began_ns) / 4
	AND d.ended_ns - (d.ended_ns - d.began_ns) / 4')
[ "$hidden" -eq 0 ] || fail "$hidden records of a time that nobody recorded"
"$forkdb" query --db "$out/live.db" --count 2>&1 |
	grep -q "nothing recorded from .* (recorder stopped)" ||
	fail "query does not tell of the downtime"

# Killed, it has watched until its last commit, and the next one begins later.
start_recorder
while [ "$(ask 'SELECT count(*) FROM streams')" -lt 3 ]; do sleep 0.1; done
kill -KILL "$recorder"
wait "$recorder" || true
start_recorder
# It tells how it is, and status tells when it does not.
"$forkdb" status --db "$out/live.db" >/dev/null ||
	fail "status of a recorder that is well"
kill -STOP "$recorder"
while "$forkdb" status --db "$out/live.db" >/dev/null 2>"$out/status"; do
	sleep 0.2
done
grep -q "stopped by a signal" "$out/status" || fail "$(cat "$out/status")"
kill -CONT "$recorder"
stop_recorder
[ "$(ask "SELECT count(*) FROM downtimes WHERE began_ns < ended_ns")" -eq 3 ] ||
	fail "downtimes: $(ask 'SELECT what, began, ended FROM downtimes')"
echo "two streams, $linked callers linked across them"
