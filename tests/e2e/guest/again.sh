# SPDX-License-Identifier: MIT
# The next boot after the power loss: the recording goes on in the same file.
. /e2e/lib.sh
mkdir -p /disk
mount -t ext4 /dev/vda /disk || fail "no disk"
db=/disk/fork.db
record_once
dump ring
cp "$db"* "$out" || fail "no copy"
umount /disk
