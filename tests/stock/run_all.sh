#!/bin/sh
# SPDX-License-Identifier: MIT
# Every stock kernel below under every preemption model that it has, one guest
# after the other, and a table of what became of the calls. Exit 1 if one failed.
#
# Usage: run_all.sh FORKDB CACHE OUT [SUITE [MODEL]]
set -eu
[ $# -ge 3 ] || { sed -n '3,6s/^# *//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
forkdb=$1 cache=$2 out=$3 only_suite=${4:-} only_model=${5:-}
mkdir -p "$out"

# SUITE MODEL. Kernels from 7.0 on know only lazy and full; the rt image is built
# for one model.
matrix='bookworm none
bookworm voluntary
bookworm full
bookworm rt
bookworm-backports full
trixie none
trixie voluntary
trixie full
trixie rt
trixie-backports lazy
trixie-backports full
trixie-backports rt
sid lazy
sid full
sid rt'

# figures LOG SCENARIO: "calls = rows + gaps + missed"
figures() {
	sed -n "s/^\(ok\|FAIL\)  $2: \([0-9]*\) calls .* = \([0-9]*\) rows .* + \([0-9]*\) in gaps + \([0-9]*\) missed, .*/\2 = \3 + \4 + \5/p" "$1"
}

table=$out/table.md
{
	echo "calls = rows + in gaps + missed"
	echo
	echo "| suite | kernel | model | oracle | parallel | vforks | hide | crowd | user | |"
	echo "|---|---|---|---|---|---|---|---|---|---|"
} >"$table"
failed=0
while read -r suite model; do
	[ -z "$only_suite" ] || [ "$suite" = "$only_suite" ] || continue
	[ -z "$only_model" ] || [ "$model" = "$only_model" ] || continue
	log=$out/$suite-$model.log
	result=pass
	"$here/run.py" --forkdb "$forkdb" --cache "$cache" --suite "$suite" \
		--preempt "$model" --out "$out/$suite-$model" >"$log" 2>&1 </dev/null || {
		result=FAIL
		failed=1
	}
	release=$(sed -n 's/.*: Linux \([^,]*\),.*/\1/p' "$log")
	oracle=$(sed -n 's/^\(ok\|FAIL\)  oracle: .*rows: \([0-9]*\),.*/\1 \2/p' "$log")
	row="| $suite | $release | $model | $oracle"
	for scenario in parallel vforks hide crowd user; do
		row="$row | $(figures "$log" $scenario)"
	done
	echo "$row | $result |" | tee -a "$table"
	[ $result = pass ] || grep -E '^(FAIL|      )' "$log" || tail -n 5 "$log"
done <<END
$matrix
END
echo
cat "$table"
exit $failed
