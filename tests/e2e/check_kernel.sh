#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Check the style and the promises of kernel/ and lkm/, in the tree that
# build_kernel.sh SERIES plain|debug|btf BUILDDIR has left behind.

set -eu

if [ $# -ne 2 ]; then
	echo "usage: ${0##*/} 6.1|6.12 BUILDDIR" >&2
	exit 2
fi
series=$1
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
top=$(CDPATH='' cd -- "$here/../.." && pwd)
tree=$2/linux
if ! [ -f "$tree/kernel/fork.o" ] || ! [ -f "$tree/kernel/fork_info.o" ]; then
	echo "${0##*/}: no built kernel in $2 (run build_kernel.sh)" >&2
	exit 1
fi
tree=$(CDPATH='' cd -- "$tree" && pwd)

tmp=$(mktemp -d)
status=0

# The check of the code below borrows fork.c and fork.o: give them back, dates
# and all, so that nobody has to build them again.
borrowed="kernel/fork.c kernel/fork.o kernel/.fork.o.cmd"
mkdir "$tmp/kernel"
for f in $borrowed; do
	cp -p "$tree/$f" "$tmp/$f"
done
# shellcheck disable=SC2317 # called by the trap
cleanup() {
	for f in $borrowed; do
		cp -p "$tmp/$f" "$tree/$f"
	done
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# verdict NAME FILE: ok if the file is empty
verdict() {
	if [ -s "$2" ]; then
		echo "FAILED $1:"
		sed 's/^/    /' "$2"
		status=1
	else
		echo "ok     $1"
	fi
}

"$top/kernel/make-patch.sh" "$tree" >"$tmp/patch"

# checkpatch ARGUMENT...: away from any git repository, where it would want
# Python modules to check the licences with
checkpatch() {
	(cd "$tmp" && "$tree/scripts/checkpatch.pl" --root "$tree" --strict \
		--quiet "$@") >"$tmp/out" 2>&1 || [ -s "$tmp/out" ] ||
		echo "checkpatch.pl failed" >"$tmp/out"
}

check_style() {
	checkpatch "$tmp/patch"
	verdict "checkpatch --strict: the patch" "$tmp/out"

	checkpatch --file "$top/lkm/fork_info.c"
	verdict "checkpatch --strict: the module" "$tmp/out"

	for f in fork_info.h fork_info.c; do
		"$tree/scripts/kernel-doc" -none "$top/kernel/$f" 2>&1
	done >"$tmp/out" || echo "kernel-doc failed" >>"$tmp/out"
	verdict "kernel-doc" "$tmp/out"
}

# Only what is said of our files counts: the tree's headers are not ours.
check_sparse() {
	rm -rf "$tmp/lkm"
	cp -r "$top/lkm" "$tmp/lkm"
	objects=kernel/fork_info.o
	! grep -q '^CONFIG_FORK_INFO_KUNIT_TEST=y' "$tree/.config" ||
		objects="$objects kernel/fork_info_kunit.o"
	# shellcheck disable=SC2086 # a list
	{
		make -C "$tree" C=2 $objects &&
		make -C "$tmp/lkm" KDIR="$tree" C=2 modules
	} >"$tmp/log" 2>&1 || tail -n 5 "$tmp/log" >"$tmp/failed"
	grep -q 'CHECK .*fork_info' "$tmp/log" ||
		echo "sparse did not run" >>"$tmp/failed"
	{
		grep -E 'fork_info[a-z_]*\.[ch]:[0-9]+:.*(warning|error):' \
			"$tmp/log" || :
		! [ -e "$tmp/failed" ] || cat "$tmp/failed"
	} >"$tmp/out"
	verdict "sparse" "$tmp/out"
}

# A repository of nothing but the files that the patch touches.
check_am() {
	repo=$tmp/repo
	mkdir -p "$repo/kernel" "$repo/init"
	for f in kernel/fork.c kernel/Makefile init/Kconfig; do
		cp "$tree/$f" "$repo/$f"
	done
	: >"$tmp/out"
	{
		patch -d "$repo" -R -p1 --fuzz=0 \
			<"$top/kernel/hooks-$series.patch" &&
		git -C "$repo" init -q &&
		git -C "$repo" config user.name forkdb &&
		git -C "$repo" config user.email forkdb@localhost &&
		git -C "$repo" add . &&
		git -C "$repo" commit -q -m "Linux $series" &&
		git -C "$repo" am "$tmp/patch" &&
		cmp "$repo/kernel/fork.c" "$tree/kernel/fork.c" &&
		cmp "$repo/kernel/fork_info.c" "$top/kernel/fork_info.c" &&
		git -C "$repo" diff --check HEAD~ HEAD
	} >"$tmp/log" 2>&1 || cp "$tmp/log" "$tmp/out"
	verdict "git am" "$tmp/out"
}

# code NAME: what fork.c compiles to, without symbol addresses
code() {
	make -C "$tree" KCFLAGS="-include $tmp/off.h" kernel/fork.o \
		>"$tmp/log" 2>&1 || { tail -n 5 "$tmp/log"; return 1; }
	objdump -d -r --no-show-raw-insn "$tree/kernel/fork.o" |
		tail -n +4 >"$tmp/$1"
	grep -q '<kernel_clone>:' "$tmp/$1"
}

check_off() {
	if grep -q '^CONFIG_DEBUG_ATOMIC_SLEEP=y' "$tree/.config"; then
		echo "skip   CONFIG_FORK_INFO=n: line numbers are code here"
		return
	fi
	echo '#undef CONFIG_FORK_INFO' >"$tmp/off.h"
	{
		code with &&
		! grep fork_info_record "$tmp/with" &&
		patch -s -d "$tree" -R -p1 --fuzz=0 -o "$tmp/fork.c" \
			kernel/fork.c <"$tmp/hooks-fork" &&
		cp "$tmp/fork.c" "$tree/kernel/fork.c" &&
		! grep -n fork_info "$tree/kernel/fork.c" &&
		code without &&
		cmp "$tmp/with" "$tmp/without"
	} >"$tmp/out" 2>&1 || echo "the code differs, or was not made" \
		>>"$tmp/out"
	verdict "CONFIG_FORK_INFO=n: fork.c has the code it had" "$tmp/out"
}

sed -n '/^--- a\/kernel\/fork.c/,$p' "$top/kernel/hooks-$series.patch" \
	>"$tmp/hooks-fork"

check_style
check_sparse
check_am
check_off
exit $status
