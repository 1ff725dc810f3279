# SPDX-License-Identifier: MIT
# A recorder at full work on a disk. The host takes the power away.
. /e2e/lib.sh
mkdir -p /disk
mount -t ext4 /dev/vda /disk || fail "no disk"
db=/disk/fork.db
start_recorder
/e2e/storm forever &
storm=$!

# What is only in the write-ahead log may go with the power (synchronous=NORMAL
# promises a whole file, not the last seconds); the file itself grows when the
# log has been copied into it, and synced.
until [ "$(stat -c %s "$db")" -gt 2000000 ]; do :; done
echo "ready" >/dev/ttyS1
wait $storm
fail "the power stayed on"
