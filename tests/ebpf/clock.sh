#!/bin/sh
# SPDX-License-Identifier: MIT
# Times are right from a recorder in a time namespace of its own.
. "$(dirname "$0")/lib.sh"

# Its boot time is 1000 s ahead.
real=$forkdb
printf '#!/bin/sh\nexec unshare --time --boottime 1000 "%s" "$@"\n' "$real" \
	>"$out/forkdb"
chmod 755 "$out/forkdb"
forkdb=$out/forkdb

before=$(date +%s%N)
start_recorder
sh -c '/bin/true; /bin/true'
stop_recorder
after=$(date +%s%N)
[ "$(ask 'SELECT count(*) FROM records')" -gt 0 ] || fail "nothing recorded"
wrong=$(ask "SELECT count(*) FROM records WHERE time_ns NOT BETWEEN $before AND $after")
[ "$wrong" -eq 0 ] || fail "$wrong records with a time outside of the recording"
