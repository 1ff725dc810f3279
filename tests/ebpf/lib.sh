# SPDX-License-Identifier: MIT
# For the scripts beside it: sets out and forkdb from the command line
# (SCRIPT FORKDB OUT) and starts and stops a recorder.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
forkdb=$(realpath "$1")
rm -rf "$2"
mkdir -p "$2"
out=$(realpath "$2")
PATH=$PATH:/usr/sbin

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

# start_recorder OPTION...: returns when the programs are attached.
start_recorder() {
	mkfifo "$out/fifo"
	"$forkdb" record --source ebpf --db "$out/live.db" "$@" 2>"$out/fifo" &
	recorder=$!
	exec 3<"$out/fifo"
	rm "$out/fifo"
	# What it has to say before that comes first.
	while read -r line <&3 && echo "$line"; do
		[ "${line#*recording into}" = "$line" ] || return 0
	done
	fail "the recorder did not start"
}

stop_recorder() {
	kill -TERM "$recorder"
	cat <&3
	wait "$recorder" || fail "the recorder ended with $?"
}

# ask SQL: one value from the database.
ask() {
	sqlite3 "$out/live.db" "$1"
}

# wait_for COMMAND...: until it succeeds, a minute at most.
wait_for() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || fail "waited in vain: $*"
		sleep 0.1
	done
	echo "$*"
}
