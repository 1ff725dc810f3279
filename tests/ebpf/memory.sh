#!/bin/sh
# SPDX-License-Identifier: MIT
# A full buffer is read in parts, and flag sets that are made up are not all
# remembered: the recorder's memory stays bounded, and no call is lost. Takes
# some 20 s.
. "$(dirname "$0")/lib.sh"

calls=1000000
cc -static -O2 -o "$out/flag_sets" "$here/flag_sets.c"

start_recorder --buffer 128M
# Held up, so that all calls are in the buffer when it reads on.
kill -STOP "$recorder"
"$out/flag_sets" $calls &
maker=$!
wait $maker
kill -CONT "$recorder"
until [ "$(ask "SELECT count(*) FROM records WHERE pid = $maker")" -eq $calls ]; do
	sleep 0.2
done
peak=$(awk '/^VmHWM:/ { print int($2 / 1024) }' "/proc/$recorder/status")
file=$(awk '/^RssFile:|^RssShmem:/ { sum += $2 } END { print int(sum / 1024) }' \
	"/proc/$recorder/status")
stop_recorder
gaps=$(ask "SELECT ifnull(sum(last_seq - first_seq + 1), 0) FROM gaps")
sets=$(ask "SELECT count(*) FROM flag_sets")
echo "$calls calls with $sets flag sets: peak $peak MiB, of it $file MiB mapped"
[ "$gaps" -eq 0 ] || fail "$gaps records lost"
[ "$sets" -gt $((calls / 2)) ] || fail "only $sets flag sets: no teeth"
[ $((peak - file)) -lt 140 ] || fail "the recorder took $peak MiB"

# The same when it ends at once: what is left is read in parts, too.
rm -f "$out"/live.db*
start_recorder --buffer 128M
kill -STOP "$recorder"
"$out/flag_sets" 300000 &
maker=$!
wait $maker
kill -TERM "$recorder"
kill -CONT "$recorder"
cat <&3
wait "$recorder" || fail "the recorder ended with $?"
rows=$(ask "SELECT count(*) FROM records WHERE pid = $maker")
[ "$rows" -eq 300000 ] || fail "$rows rows of 300000 calls"
