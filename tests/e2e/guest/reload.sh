# SPDX-License-Identifier: MIT
# The module goes and comes under a living recorder. It pins the module by the
# file that it has open, so that file is taken from it: by a limit of
# descriptors, and a SIGHUP that has it open all anew.
. /e2e/lib.sh
quarter=$(($(capacity) / 4))
record_once
start_recorder
limit=$(prlimit --noheadings --raw --output SOFT --nofile --pid "$recorder")
prlimit --nofile=3: --pid "$recorder" || fail "no limit"
kill -HUP "$recorder"
wait_said "Too many open files"
until rmmod fork_info 2>"$out/refused"; do :; done
prlimit --nofile="$limit": --pid "$recorder" || fail "no limit"
wait_said "not there"
/e2e/storm calls "$quarter"
insmod /e2e/fork_info.ko || fail "cannot load the module"
wait_said "the source works again"
/e2e/storm calls "$quarter"
wait_stored
rmmod fork_info 2>"$out/refused" && fail "removed under the recorder"
stop_recorder
dump after
