# SPDX-License-Identifier: MIT
# Few pids, many processes: each pid is used again and again.
. /e2e/lib.sh
max=$(cat /proc/sys/kernel/pid_max)
record_once
start_recorder
echo 400 >/proc/sys/kernel/pid_max
/e2e/storm reuse 800 >"$out/expected" || fail "no processes"
echo "$max" >/proc/sys/kernel/pid_max
stop_recorder
record_once
