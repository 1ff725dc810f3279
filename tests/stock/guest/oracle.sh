# SPDX-License-Identifier: MIT
# The workload under strace, while the eBPF source records.
. /e2e/lib.sh
start_recorder --source ebpf
trace_workload
stop_recorder
