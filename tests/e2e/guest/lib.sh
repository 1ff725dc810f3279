# SPDX-License-Identifier: MIT
# What the scenarios share. Each is run as "sh NAME.sh NAME", leaves its files
# in $out, and fails by its exit status. $db is its database.

set -u
scenario=$1
out=/tmp/out/$scenario
db=$out/fork.db
said=/run/said
recorder=
run_as= # a command in front of the recorder
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
	$run_as forkdb record --db "$db" --interval "$interval" "$@" 2>&4 &
	recorder=$!
	wait_said "recording into"
}

# Whether it has not ended. The shell may have waited for it already.
recorder_lives() {
	state=Z
	[ ! -e "/proc/$recorder/status" ] || while read -r name state _; do
		[ "$name" != State: ] || break
	done <"/proc/$recorder/status"
	[ "$state" != Z ]
}

# The next line of the recorder into $line; fails once the recorder has ended. It
# is read by the character: read -t drops the part of a line that it has read when
# its time is over.
read_said() {
	line=
	while :; do
		until IFS= read -r -n 1 -t 1 character <&4; do
			recorder_lives || return 1
		done
		[ -n "$character" ] || return 0
		line=$line$character
	done
}

# Until the recorder says a line with these words. The host finds a guest that
# waits in vain: here it says what it waits for.
wait_said() {
	line=
	echo "$scenario: waits until the recorder says: $1"
	until [ "${line#*"$1"}" != "$line" ]; do
		read_said || fail "the recorder ended: $(tail -n 1 "$out/recorder.log")"
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

# The workload, with what strace saw of it in $out/strace.
trace_workload() {
	mkdir "$out/strace"
	strace -ff -q --pidns-translation -X raw -e signal=none \
		-e trace=clone,clone3,fork,vfork,unshare,setns,setresuid \
		-o "$out/strace/t" \
		sh -c 'echo $$ >"$0/root"; exec /e2e/workload' "$out/strace" ||
		fail "the workload failed"
}

# All of the ring, as it is now.
dump() {
	cat /proc/fork_info >"$out/$1"
}

capacity() {
	sed -n '1s/.*capacity: //p;q' /proc/fork_info
}

sql() {
	sqlite3 -batch -cmd '.timeout 60000' "$db" "$1" || fail "sqlite3: $1"
}
