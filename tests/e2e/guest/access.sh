# SPDX-License-Identifier: MIT
# Who may read: alice is in the database's group and bob is not.
. /e2e/lib.sh
db=/run/forkdb/fork.db
mkdir -m 0750 /run/forkdb
chgrp forkdb /run/forkdb
umask 022
chmod 755 "$out"

as() {
	su -s /bin/sh "$1" -c "$2"
}

# SQLite lets a reader without write access fail now and then, when it looks
# while the recorder commits (SQLITE_READONLY_RECOVERY). forkdb query tries again.
sqlite_as_alice() {
	as alice "sqlite3 -batch 'file:$db?mode=ro' 'SELECT max(id) FROM forks'" \
		>"$out/sqlite"
}

# denied USER COMMAND: it must say one line and show nothing
denied() {
	as "$1" "$2" >"$out/shown" 2>"$out/error" && fail "$1 could: $2"
	[ -s "$out/shown" ] && fail "$1 was shown: $(cat "$out/shown")"
	[ "$(wc -l <"$out/error")" = 1 ] || fail "$1 was told: $(cat "$out/error")"
	echo "$1: $(cat "$out/error")" | tee -a "$out/denied"
}

record_once --group forkdb
start_recorder --group forkdb
[ "$(stat -c '%a %U %G' "$db")" = '640 root forkdb' ] ||
	fail "the database is $(stat -c '%a %U %G' "$db")"
/e2e/storm forever &
storm=$!
last=0
for i in 1 2 3 4 5; do
	as alice "for i in 1 2 3 4 5; do forkdb query --db $db \
		--sql 'SELECT count(*) FROM forks' --format tsv || exit; done" \
		>"$out/counts" || fail "alice cannot query"
	count=$(tail -n 1 "$out/counts")
	[ "$count" -ge "$last" ] || fail "alice saw $last rows, then $count"
	last=$count
	sqlite_as_alice || sqlite_as_alice || sqlite_as_alice ||
		fail "alice cannot use sqlite3: $(cat "$out/sqlite")"
done
[ "$last" -gt 100 ] || fail "alice saw $last rows"
denied bob "forkdb query --db $db"
denied alice "forkdb query --db $db --sql 'DELETE FROM records'"
denied alice "forkdb record --db $db --once"
denied alice "sqlite3 -batch $db 'DELETE FROM records'"
denied alice "cat /proc/fork_info"
denied root "unshare --pid --fork --mount-proc cat /proc/fork_info"
kill $storm
stop_recorder
as alice "forkdb query --db $db -n 1 --format csv" >"$out/at-rest" ||
	fail "alice cannot query when no recorder runs"
[ "$(wc -l <"$out/at-rest")" = 2 ] || fail "alice saw: $(cat "$out/at-rest")"
denied bob "forkdb query --db $db"
echo "$last" >"$out/rows"
cp "$db"* "$out"
