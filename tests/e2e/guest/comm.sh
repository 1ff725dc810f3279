# SPDX-License-Identifier: MIT
# Names with everything in them that a line of text, SQL, CSV, a terminal or a
# spreadsheet could stumble over.
. /e2e/lib.sh
record_once
from=$(sql 'SELECT max(seq) FROM forks')
/e2e/storm comm >"$out/expected" || fail "no names"
dump ring
record_once
for format in json csv tsv table; do
	forkdb query --db "$db" "seq > $from" --columns child_pid,comm \
		--format $format >"$out/query.$format" || fail "query --format $format"
done
