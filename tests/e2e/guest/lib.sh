# SPDX-License-Identifier: MIT
# What the scenarios share. Each is run as "sh NAME.sh NAME", leaves its files
# in $out, and fails by its exit status. $db is its database.

set -u
scenario=$1
out=/tmp/out/$scenario
db=$out/fork.db
said=/run/said
recorder=
interval=20ms
mkdir -p "$out"
exec 2>&1

fail() {
	echo "$scenario: $*"
	[ -z "$recorder" ] || kill -9 "$recorder"
	exit 1
}

# expect_status N COMMAND...: run it, and insist on its exit status
expect_status() {
	expected=$1
	shift
	"$@"
	status=$?
	[ "$status" = "$expected" ] || fail "status $status, not $expected: $*"
}

record_once() {
	forkdb record --db "$db" --once "$@" 2>>"$out/recorder.log" ||
		fail "record --once: $(tail -n 1 "$out/recorder.log")"
}

# What the recorder says goes through a pipe that stays open, so that its first
# line can be waited for.
start_recorder() {
	[ -p "$said" ] || mkfifo "$said"
	exec 4<>"$said"
	forkdb record --db "$db" --interval "$interval" "$@" 2>&4 &
	recorder=$!
	wait_said "recording into"
}

# Until the recorder says a line with these words.
wait_said() {
	line=
	until [ "${line#*"$1"}" != "$line" ]; do
		read -r -t 60 line <&4 || fail "the recorder does not say: $1"
		echo "$line" >>"$out/recorder.log"
	done
}

# Until what the ring holds now is stored.
wait_stored() {
	newest=$(tail -n 1 /proc/fork_info)
	until [ "$(sql 'SELECT next_seq FROM streams')" -gt "${newest%% *}" ]; do
		:
	done
}

kill_recorder() {
	kill -9 "$recorder"
	wait "$recorder" 2>/dev/null
	recorder=
}

stop_recorder() {
	kill -TERM "$recorder"
	wait "$recorder"
	status=$?
	recorder=
	[ "$status" = 0 ] || fail "the recorder ended with status $status"
}

# All of the ring, as it is now.
dump() {
	cat /proc/fork_info >"$out/$1"
}

capacity() {
	sed -n '1s/.*capacity: //p;q' /proc/fork_info
}

sql() {
	sqlite3 -batch "$db" "$1" || fail "sqlite3: $1"
}
