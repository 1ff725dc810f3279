# SPDX-License-Identifier: MIT
# The clock is set far ahead and far back while the records wait to be read.
. /e2e/load.sh
day=86400

# set_ahead DAYS: of where the clock was at first
set_ahead() {
	date -s "@$((started + $1 * day + $(cut -d. -f1 /proc/uptime)))" >&2 ||
		fail "cannot set the clock"
}

now=$(date +%s)
started=$((now - $(cut -d. -f1 /proc/uptime)))
[ "$now" -gt $((1000 * day)) ] || fail "the clock does not go: $(date)"
start_recorder --source ebpf
kill -STOP "$recorder"
for days in 1 400 -400; do
	set_ahead $days
	/e2e/load vforks 1 50 >"$out/made.$days" || fail "the load failed"
done
set_ahead 0
kill -CONT "$recorder"
stop_recorder
