# SPDX-License-Identifier: MIT
# The clock is set while recording, far ahead and far back.
. /e2e/lib.sh
quarter=$(($(capacity) / 4))
day=86400

# step DAYS: from where the clock should be
step() {
	date -s "@$((started + $1 * day + $(cut -d. -f1 /proc/uptime)))" >&2 ||
		fail "cannot set the clock"
}

now=$(date +%s)
started=$((now - $(cut -d. -f1 /proc/uptime)))
[ "$now" -gt $((1000 * day)) ] || fail "the clock does not go: $(date)"
start_recorder --keep 30d
# Pruned are blocks of 4096 numbers: one that could be.
while [ "$(sql 'SELECT ifnull(max(next_seq), 0) FROM streams')" -lt 4097 ]; do
	/e2e/storm calls "$quarter"
	wait_stored
done
for days in 400 -400 0; do
	step $days
	/e2e/storm calls "$quarter"
	wait_stored
	[ $days != 400 ] || wait_said "d ahead"
done
stop_recorder
dump after
