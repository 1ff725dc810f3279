#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build a patched kernel and the module for the tests, from Debian's package
# linux-source-SERIES. What is left in OUTDIR: bzImage, fork_info.ko, config,
# linux/ (the tree), build.log. Does nothing if nothing changed.

set -eu

usage() {
	echo "usage: ${0##*/} 6.1|6.12 plain|debug|btf|off OUTDIR [JOBS]" >&2
	exit 2
}

[ $# -eq 3 ] || [ $# -eq 4 ] || usage
series=$1
variant=$2
jobs=${4:-$(nproc)}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
top=$(CDPATH='' cd -- "$here/../.." && pwd)
tarball=/usr/src/linux-source-$series.tar.xz

case $variant in
plain) fragments=base.config ;;
debug | btf | off) fragments="base.config $variant.config" ;;
*) usage ;;
esac
if ! [ -f "$tarball" ]; then
	echo "${0##*/}: no $tarball (install linux-source-$series)" >&2
	exit 1
fi

mkdir -p "$3"
out=$(CDPATH='' cd -- "$3" && pwd)
tree=$out/linux
log=$out/build.log

# Two builds of one directory wait for each other.
exec 9>"$out/.lock"
flock 9

fail() {
	echo "${0##*/}: $series $variant: $1; the end of $log:" >&2
	tail -n 25 "$log" >&2
	exit 1
}

step() {
	printf '%s %s %s: %s\n' "$(date +%T)" "$series" "$variant" "$1"
	echo "== $1" >>"$log"
}

kmake() {
	make -C "$tree" -j"$jobs" "$@" >>"$log" 2>&1
}

# An option of the fragments that olddefconfig drops, for want of a
# dependency, would make a test pass that tested nothing.
check_config() {
	while read -r line; do
		case $line in
		'# CONFIG_'*' is not set')
			option=${line#\# }
			option=${option%% *}
			! grep -q "^$option=" "$tree/.config" ||
				echo "$option is not off" ;;
		CONFIG_*=*)
			grep -qxF "$line" "$tree/.config" ||
				echo "$line did not survive" ;;
		esac
	done <"$out/fragment" >"$out/dropped"
	cat "$out/dropped" >>"$log"
	! [ -s "$out/dropped" ]
}

build_kernel() {
	rm -rf "$tree"
	mkdir "$tree"

	step "unpack $tarball"
	tar -xf "$tarball" -C "$tree" --strip-components=1 2>>"$log" ||
		fail "cannot unpack"

	step "patch"
	{
		"$top/kernel/make-patch.sh" "$tree" >"$out/patch" &&
		patch -d "$tree" -p1 --fuzz=0 <"$out/patch"
	} >>"$log" 2>&1 || fail "cannot patch"

	step "configure"
	# A later fragment overrides an earlier one: the last line counts.
	# shellcheck disable=SC2086 # a list
	(cd "$here/config" && cat $fragments) |
		awk '{ k = $0; sub(/^# /, "", k); sub(/[ =].*/, "", k) }
		     k ~ /^CONFIG_/ { v[k] = $0 }
		     END { for (k in v) print v[k] }' | sort >"$out/fragment"
	kmake KCONFIG_ALLCONFIG="$out/fragment" allnoconfig ||
		fail "cannot configure"
	kmake olddefconfig || fail "cannot configure"
	check_config || fail "an option cannot be had"
	cp "$tree/.config" "$out/config"

	if [ "$variant" != off ]; then
		step "our files with all warnings as errors"
		objects=kernel/fork_info.o
		[ "$variant" != debug ] ||
			objects="$objects kernel/fork_info_kunit.o"
		# shellcheck disable=SC2086 # a list
		kmake W=1 KCFLAGS=-Werror $objects ||
			fail "a warning in our files"
	fi

	step "build bzImage"
	kmake bzImage modules || fail "the kernel does not build"
	cp "$tree/arch/x86/boot/bzImage" "$out/bzImage"
}

build_module() {
	step "build fork_info.ko"
	rm -rf "$out/lkm"
	cp -r "$top/lkm" "$out/lkm"
	make -C "$out/lkm" KDIR="$tree" W=1 modules >>"$log" 2>&1 ||
		fail "the module does not build"
	cp "$out/lkm/fork_info.ko" "$out/fork_info.ko"
}

# A build is told by all that goes into it: this script, the tarball, the
# options, and the patch but for its message, whose author comes from git.
sum() {
	{ stat -c '%s %Y' "$tarball" && cat -- "$@"; } | sha256sum
}

"$top/kernel/make-patch.sh" "$series" >"$out/patch" || exit 1
# shellcheck disable=SC2086 # a list
kernel_sum=$(cd "$here/config" && sed '1,/^---$/d' "$out/patch" |
	sum - "$here/build_kernel.sh" $fragments)
module_sum=$(sum "$top"/lkm/*)

if [ "$(cat "$out/.kernel" 2>/dev/null)" != "$kernel_sum" ]; then
	rm -f "$out/.kernel" "$out/.module"
	: >"$log"
	build_kernel
	echo "$kernel_sum" >"$out/.kernel"
fi
if [ "$variant" != off ] &&
   [ "$(cat "$out/.module" 2>/dev/null)" != "$module_sum" ]; then
	rm -f "$out/.module"
	build_module
	echo "$module_sum" >"$out/.module"
fi
printf '%s %s %s: ready in %s\n' "$(date +%T)" "$series" "$variant" "$out"
