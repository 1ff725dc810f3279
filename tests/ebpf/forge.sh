#!/bin/sh
# SPDX-License-Identifier: MIT
# A thread that changes clone3()'s argument under the kernel's eyes. What a record
# of a success says is what the kernel took. With sys_exit, which reads the
# argument again, failures of clone3() can be hidden and made up, with their own
# caller and error and no others; with the other hooks they are exact.
. "$(dirname "$0")/lib.sh"

cc -static -pthread -O2 -o "$out/forge" "$here/forge.c"

# made NAME FILE: what the program printed.
made() {
	sed -n "s/^$1 //p" "$2"
}

start_recorder
"$out/forge" good 2000 >"$out/good" &
good=$!
wait $good || fail "forge good"
"$out/forge" bad 20000 >"$out/bad" &
bad=$!
wait $bad || fail "forge bad"
stop_recorder

for signal in 17 10; do
	rows=$(ask "SELECT count(*) FROM forks WHERE tgid = $good AND
		exit_signal = $signal AND ret > 0 AND kind <> 'thread'")
	echo "children with signal $signal: $(made $signal "$out/good"), rows: $rows"
	[ "$rows" -eq "$(made $signal "$out/good")" ] ||
		fail "a success was forged"
	[ "$rows" -gt 0 ] || fail "the argument never changed: the test has no teeth"
done

# rows CONDITION: of the failing calls.
rows() {
	ask "SELECT count(*) FROM forks WHERE tgid = $bad AND ret < 0 AND ($1)"
}
again=$(rows "errno = 'EAGAIN'")
invalid=$(rows "errno = 'EINVAL'")
hook=$(ask 'SELECT hook FROM streams')
echo "$hook: EAGAIN $(made EAGAIN "$out/bad"), rows $again;" \
	"refused before $(made EINVAL "$out/bad"), rows $invalid"
[ "$(made EINVAL "$out/bad")" -gt 0 ] || fail "no call was refused"
[ "$(made EAGAIN "$out/bad")" -gt 0 ] || fail "no call reached kernel_clone()"
[ "$(rows "errno NOT IN ('EAGAIN', 'EINVAL')")" -eq 0 ] || fail "a forged error"
[ "$(rows "uid <> 65534 OR comm <> 'forge'")" -eq 0 ] || fail "a forged caller"
case $hook in
*sys_exit)
	[ "$again" -le "$(made EAGAIN "$out/bad")" ] || fail "more than were made"
	[ "$invalid" -le "$(made EINVAL "$out/bad")" ] || fail "more than were made"
	;;
*)
	[ "$again" -eq "$(made EAGAIN "$out/bad")" ] || fail "a failure was hidden"
	[ "$invalid" -eq 0 ] || fail "a failure was made up"
	;;
esac

# Without failures there is no sys_exit, and the successes are all there.
rm -f "$out"/live.db*
start_recorder --failures off
"$out/forge" good 500 >"$out/good" &
good=$!
wait $good || fail "forge good"
"$out/forge" bad 500 >"$out/bad" || fail "forge bad"
stop_recorder
[ "$(ask 'SELECT hook FROM streams')" = task_newtask ] || fail "another hook"
[ "$(ask 'SELECT count(*) FROM forks WHERE ret < 0')" -eq 0 ] || fail "failures"
[ "$(ask "SELECT count(*) FROM forks WHERE tgid = $good AND kind <> 'thread'")" \
	-eq 500 ] || fail "not all successes"
