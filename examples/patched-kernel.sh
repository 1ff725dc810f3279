#!/bin/sh
# Builds Linux 6.1 with the fork_info patch and its module, boots it in QEMU,
# records a workload there and prints here what happened. Installs what it needs
# (Debian 12). Run it as root. Leaves the database in out/patched.db.
set -eu
cd "$(dirname "$0")/.."
. examples/quiet.sh

if [ "$(id -u)" -ne 0 ]; then
  echo "patched-kernel.sh: run it as root: sudo examples/patched-kernel.sh" >&2
  exit 1
fi

echo "== installing and building forkdb"
examples/install-packages.sh examples/packages-build.txt \
  examples/packages-kernel.txt
quiet cmake --preset release
quiet cmake --build build-release

echo "== building Linux 6.1 with the patch (five minutes on two cores)"
kernel=${FORKDB_KERNELS:-build/kernel}/6.1-plain
tests/e2e/build_kernel.sh 6.1 plain "$kernel"

echo "== booting it and recording a workload, with strace for comparison"
python3 tests/e2e/run.py --kernel "$kernel" \
  --forkdb build-release/forkdb --out build/patched --scenarios oracle
mkdir -p out
cp build/patched/share/out/oracle/fork.db out/patched.db

ask() {
  echo
  echo "\$ forkdb $*"
  build-release/forkdb "$@" --db out/patched.db
}
ask query -n 5
ask query --failed --user alice --columns time,username,comm,kind,flags,errno -n 5
ask query "kind = 'namespace'" --columns time,comm,flags,child_pid,child_ns_pid -n 5
ask query "kind = 'kthread'" --columns seq,time,comm,pid,child_pid,ret -n 3
ask query --sql 'SELECT errno, count(*) AS calls FROM forks WHERE errno IS NOT NULL GROUP BY errno ORDER BY calls DESC'
echo
echo "The database is out/patched.db; open it in sqlite3 or DB Browser:"
echo "  sqlite3 out/patched.db 'SELECT * FROM forks ORDER BY id DESC LIMIT 5'"
