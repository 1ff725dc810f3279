# SPDX-License-Identifier: MIT
# forkdb show: the ring in words, with no database.
. /e2e/lib.sh
/e2e/storm calls 20
/e2e/storm reuse 3 >/dev/null
forkdb show >"$out/table" || fail "show"
forkdb show -n 500 --format json >"$out/json" || fail "show --format json"
dump ring
forkdb show 'no_such_column = 1' >"$out/shown" 2>"$out/error" &&
	fail "bad SQL was taken"
# One line, and under it the condition with a mark.
head -n 1 "$out/error" | grep -q '^forkdb: SQL: ' &&
	! tail -n +2 "$out/error" | grep -qv '^  ' ||
	fail "bad SQL: $(cat "$out/error")"
[ -s "$out/shown" ] && fail "bad SQL shows: $(cat "$out/shown")"
head -n 3 "$out/table"
exit 0
