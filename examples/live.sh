#!/bin/sh
# Builds forkdb, records this machine for a moment and prints what happened.
# Installs what the build needs (Debian 12). Run it as root. Leaves the database
# in out/live.db.
set -eu
cd "$(dirname "$0")/.."
. examples/quiet.sh

if [ "$(id -u)" -ne 0 ]; then
  echo "live.sh: run it as root: sudo examples/live.sh" >&2
  exit 1
fi

echo "== installing and building (two minutes on two cores)"
examples/install-packages.sh examples/packages-build.txt
quiet cmake --preset release
quiet cmake --build build-release
forkdb=build-release/forkdb

db=out/live.db
mkdir -p out
rm -f "$db" "$db-wal" "$db-shm"

echo "== recording"
fifo=$(mktemp -u)
mkfifo "$fifo"
"$forkdb" record --db "$db" 2>"$fifo" &
recorder=$!
exec 3<"$fifo"
rm "$fifo"
# The first line says that the recorder is attached.
if ! read -r line <&3 || [ "${line#*recording}" = "$line" ]; then
  echo "$line" >&2
  exit 1
fi
echo "$line"

# Something to record: many processes, another user, failures, a container.
find /etc -maxdepth 1 -type f -exec true {} \;
setpriv --reuid nobody --clear-groups sh -c 'ls / >/dev/null; id >/dev/null'
unshare --pid --fork sh -c 'id >/dev/null; true'
prlimit --nproc=0 setpriv --reuid nobody --clear-groups sh -c 'ls; ls' \
  2>/dev/null || true

kill -TERM "$recorder"
cat <&3
wait "$recorder"

ask() {
  echo
  echo "\$ forkdb $*"
  "$forkdb" "$@" --db "$db"
}
ask query -n 5
ask query --user nobody --columns time,username,comm,kind,child_pid,errno
ask query --failed
ask query "child_pid_ns <> pid_ns" --columns time,comm,child_pid,child_ns_pid,child_pid_ns
ask query --sql 'SELECT comm, count(*) AS forks FROM forks GROUP BY comm ORDER BY forks DESC LIMIT 5'
echo
"$forkdb" export --db "$db" --html out/live.html
echo "out/live.html is a report for the browser."
echo "The database is $db; open it in sqlite3 or DB Browser:"
echo "  sqlite3 $db 'SELECT * FROM forks ORDER BY id DESC LIMIT 5'"
