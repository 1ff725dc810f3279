# SPDX-License-Identifier: MIT
# The guest's side of ../kernel_cost.py: runs what comes on the second serial
# port, a line each, and answers there with what it printed and "done". The
# recorder is as a user starts it, but for the place of its database.
. /e2e/lib.sh
serve() {
	case $1 in
	record)
		rm -f "$db"*
		mkfifo /run/recorder
		forkdb record --db "$db" 2>/run/recorder &
		recorder=$!
		exec 8</run/recorder
		read -r line <&8
		rm /run/recorder
		[ "${line#*recording into}" != "$line" ] || fail "$line"
		echo "$recorder" ;;
	stop)
		stop_recorder
		echo 0 ;;
	*)
		/e2e/loop "$@" || fail "loop $*" ;;
	esac
}

# In a process of its own: a session's first process would get the port as its
# terminal, and take it down with itself, before the last word is said there.
(
	stty -F /dev/ttyS1 raw -echo
	exec 7<>/dev/ttyS1
	echo "done" >&7
	while read -r what <&7; do
		[ "$what" != end ] || exit 0
		# shellcheck disable=SC2086 # words
		serve $what >/run/answer
		cat /run/answer >&7
		echo "done" >&7
	done
	exit 1
)
