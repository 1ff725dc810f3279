# SPDX-License-Identifier: MIT
# Both sources at once: /proc/fork_info and eBPF, each into its own database.
. /e2e/lib.sh
db=$out/ebpf.db
start_recorder --source ebpf
ebpf=$recorder
db=$out/fork.db
start_recorder --source proc
sh -c 'echo $$ >"$0/root"; exec /e2e/workload' "$out" || fail "the workload failed"
stop_recorder
recorder=$ebpf
stop_recorder
