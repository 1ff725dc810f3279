# SPDX-License-Identifier: MIT
# The recorder killed again and again in a storm, and started again each time:
# first in a storm that the ring holds, then in one far larger.
. /e2e/lib.sh
size=$(capacity)
mkfifo /run/go /run/done

next_seq() {
	sql 'SELECT next_seq FROM streams'
}

# storm N K: K times N calls, and a recorder killed each time: as it begins to
# catch up, when the calls end, or at work after it has stored something.
storm() {
	/e2e/storm chunks "$1" </run/go >/run/done &
	exec 5>/run/go 6</run/done
	i=0
	while [ $i -lt "$2" ]; do
		was=$(next_seq)
		[ $((i % 3)) = 0 ] || start_recorder
		echo >&5
		read -r line <&6 || fail "the storm has ended"
		[ $((i % 3)) != 0 ] || start_recorder
		[ $((i % 3)) != 2 ] || until [ "$(next_seq)" -gt "$was" ]; do :; done
		kill_recorder
		i=$((i + 1))
	done
	exec 5>&- 6<&-
}

record_once
storm $((size / 20)) 12
record_once
next_seq >"$out/small"
storm $((size / 2)) 12
dump before
record_once
dump after
sql 'SELECT count(*) FROM drains' >"$out/drains"
