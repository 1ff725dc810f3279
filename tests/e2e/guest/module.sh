# SPDX-License-Identifier: MIT
# The module goes and comes; the ring stays, and the recording goes on.
. /e2e/lib.sh
quarter=$(($(capacity) / 4))
record_once
exec 3</proc/fork_info
rmmod fork_info 2>"$out/refused" && fail "removed under an open file"
grep -q fork_info /proc/modules || fail "gone although rmmod refused"
read -r line <&3 || fail "the open file cannot be read any more"
exec 3<&-
start_recorder
rmmod fork_info 2>>"$out/refused" && fail "removed under the recorder"
/e2e/storm calls "$quarter"
stop_recorder

rmmod fork_info || fail "cannot remove the module"
[ -e /proc/fork_info ] && fail "/proc/fork_info is still there"
forkdb record --db "$db" --once 2>"$out/no-source" && fail "no source, no error"
[ "$(wc -l <"$out/no-source")" = 1 ] || fail "said: $(cat "$out/no-source")"
/e2e/storm calls "$quarter"
gid=$(sed -n 's/^forkdb:[^:]*:\([0-9]*\):.*/\1/p' /etc/group)
insmod /e2e/fork_info.ko gid="$gid" || fail "cannot load the module"
[ "$(stat -c '%a %g' /proc/fork_info)" = "440 $gid" ] ||
	fail "/proc/fork_info is $(stat -c '%a %g' /proc/fork_info)"
su -s /bin/sh alice -c 'cat /proc/fork_info' >"$out/alice" ||
	fail "the group cannot read /proc/fork_info"
rmmod fork_info || fail "cannot remove the module again"
insmod /e2e/fork_info.ko || fail "cannot load the module again"
dump before
record_once
dump after
