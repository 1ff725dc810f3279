# SPDX-License-Identifier: MIT
# The workload under strace, while a recorder runs.
. /e2e/lib.sh
record_once
start_recorder
trace_workload
stop_recorder
record_once
