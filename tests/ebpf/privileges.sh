#!/bin/sh
# SPDX-License-Identifier: MIT
# An ordinary user with CAP_BPF and CAP_PERFMON can record, and the recorder
# keeps no capability; without them there is one line that says what to do.
. "$(dirname "$0")/lib.sh"

real=$forkdb
user="--reuid=nobody --regid=nogroup --clear-groups"
install -m 755 "$real" "$out/forkdb-copy"
chown nobody "$out"

cat >"$out/forkdb" <<END
#!/bin/sh
exec setpriv $user --inh-caps=-all,+bpf,+perfmon \
	--ambient-caps=-all,+bpf,+perfmon "$out/forkdb-copy" "\$@"
END
chmod 755 "$out/forkdb"
forkdb=$out/forkdb

start_recorder
caps=$(grep -E '^Cap(Inh|Prm|Eff|Amb):' "/proc/$recorder/status" | cut -f2 | sort -u)
[ "$caps" = 0000000000000000 ] || fail "capabilities are left: $caps"
grep -qx 'NoNewPrivs:	1' "/proc/$recorder/status" || fail "no_new_privs"
sh -c 'true; /bin/true; exit 0'
stop_recorder
[ "$(ask 'SELECT count(*) FROM records')" -gt 0 ] || fail "nothing recorded"

code=0
# shellcheck disable=SC2086 # several options
setpriv $user "$out/forkdb-copy" record --source ebpf --db "$out/no.db" \
	2>"$out/stderr" || code=$?
cat "$out/stderr"
[ $code -eq 1 ] || fail "exit code $code"
[ "$(wc -l <"$out/stderr")" -eq 1 ] || fail "not one line"
grep -q 'CAP_BPF and CAP_PERFMON' "$out/stderr" || fail "it says not what to do"
