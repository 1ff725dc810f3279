# SPDX-License-Identifier: MIT
# More calls between two drains than the ring holds.
. /e2e/lib.sh
capacity >"$out/capacity"
record_once
sql 'SELECT next_seq FROM streams' >"$out/next_seq"
/e2e/storm calls $(($(cat "$out/capacity") * 3)) || fail "no storm"
dump before
record_once
dump after
