#!/bin/sh
# SPDX-License-Identifier: MIT
# What keeps the recorder from writing is told by status, with code 1, also where
# the source is eBPF; and nothing is lost meanwhile.
. "$(dirname "$0")/lib.sh"

mount -t tmpfs -o size=8m none "$out"
said=$(mktemp)  # not on the disk that is filled
trap 'cat "$said"; umount -l "$out"; rm "$said"' EXIT

healthy() {
	"$forkdb" status --db "$out/live.db" >/dev/null 2>"$said"
}

# told WORDS: status fails, and these words are in its reason.
told() {
	! healthy && grep -qF "$1" "$said"
}

start_recorder --interval 50ms
wait_for healthy

mkfifo "$out/sql"
sqlite3 "$out/live.db" <"$out/sql" >/dev/null &
browser=$!
exec 4>"$out/sql"
echo "PRAGMA busy_timeout = 30000; BEGIN IMMEDIATE;" >&4
wait_for told "holds its lock"
exec 4>&-
wait "$browser"
wait_for healthy

dd if=/dev/zero of="$out/filler" bs=4096 2>/dev/null || true
for _ in $(seq 3000); do /bin/true; done
wait_for told "no space left"
rm "$out/filler"
wait_for healthy

kill -STOP "$recorder"
rm "$out/live.db-wal"
wait_for told "log (-wal beside the database) was deleted"
kill -CONT "$recorder"
wait_for healthy

stop_recorder >"$said"
grep -q "0 gaps with 0 records missing" "$said" || fail "losses"
[ "$(ask 'SELECT count(*) = (SELECT next_seq - 1 FROM streams) FROM records')" \
	-eq 1 ] || fail "rows are not the numbers given out"
