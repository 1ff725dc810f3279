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
grep -q "the recorder with pid $recorder writes into it" "$out/second" ||
	fail "the second recorder said: $(cat "$out/second")"
stop_recorder
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
echo "two streams, $linked callers linked across them"
