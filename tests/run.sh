#!/bin/sh
# Installs what the tests need (Debian 12), builds, and runs them. Run it as root.
#
#   tests/run.sh              what continuous integration runs: all lanes but stock and
#                             mutants; of sanitizers only unit, hostile and fuzz tests
#   tests/run.sh quick        unit, command-line and golden tests, in parallel
#   tests/run.sh sanitizers   unit and command-line tests with ASan and UBSan, those with
#                             threads with TSan, and a minute of fuzzing
#   tests/run.sh kernels      eBPF on this kernel; kernels built and booted in QEMU
#   tests/run.sh stock        every stock kernel and preemption model
#   tests/run.sh mutants      breaks the code in many ways: a test must notice each
#
# Built kernels are kept in $FORKDB_KERNELS (~/.cache/forkdb/kernels) by a hash of
# their inputs, and compiled code by ccache: the first run takes half an hour longer
# than the next.
set -eu
cd "$(dirname "$0")/.."
. examples/quiet.sh

lane=${1:-all}
case $lane in
all | quick | sanitizers | kernels | stock | mutants) ;;
*)
  sed -n '3,11s/^# \{0,3\}//p' "$0" >&2
  exit 2
  ;;
esac
if [ "$(id -u)" -ne 0 ]; then
  echo "run.sh: run it as root: sudo tests/run.sh" >&2
  exit 1
fi
: "${FORKDB_KERNELS:=${XDG_CACHE_HOME:-$HOME/.cache}/forkdb/kernels}"

runs() {
  [ "$lane" = all ] || [ "$lane" = "$1" ]
}

sanitizers() {
  phase "unit and hostile tests with AddressSanitizer and UndefinedBehaviorSanitizer"
  quiet cmake --preset asan
  quiet cmake --build build-asan
  quiet ctest --preset asan
  echo "all passed"

  phase "fuzzing, a minute"
  quiet cmake --preset fuzz
  quiet cmake --build --preset fuzz
  quiet ctest --preset fuzz
  echo "all passed"
}

# Too slow for a run of all lanes.
more_sanitizers() {
  phase "command-line tests with AddressSanitizer and UndefinedBehaviorSanitizer"
  quiet ctest --preset asan-cli
  echo "all passed"

  phase "tests with threads with ThreadSanitizer"
  quiet cmake --preset tsan
  quiet cmake --build --preset tsan
  quiet ctest --preset tsan
  echo "all passed"
}

build() {
  quiet cmake --preset default -DFORKDB_TESTS=ON -DFORKDB_KERNELS="$FORKDB_KERNELS"
  quiet cmake --build build
}

quick_tests() {
  ctest --test-dir build --output-on-failure -j"$(nproc)" -L 'unit|cli'
}

# What the fault tests and the guests printed of what they counted.
tally() {
  echo "== what became of every number"
  sed -n '/^fault  /,/^-----/p; /^ok  [a-z]*: /p' \
    build/Testing/Temporary/LastTest.log | grep -v '^-*$'
}

# A heading, with the time since the start.
phase() {
  now=$(date +%s)
  echo "== $1 ($(((now - started) / 60)) min)"
}
started=$(date +%s)

examples/install-packages.sh examples/packages-build.txt \
  examples/packages-kernel.txt tests/packages.txt
# Also what another checkout compiled is used again. All optimised builds have the
# same options, so that examples/live.sh, which is a test, compiles nothing anew.
export CXXFLAGS=-Werror
export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1

if runs sanitizers; then sanitizers; fi
case $lane in
all)
  phase "quick tests"
  build
  quick_tests
  phase "all other tests"
  ctest --test-dir build --output-on-failure -LE 'unit|cli'
  tally
  ;;
quick)
  phase "quick tests"
  build
  quick_tests
  ;;
sanitizers)
  more_sanitizers
  ;;
kernels)
  phase "kernels"
  build
  ctest --test-dir build --output-on-failure -L 'ebpf|e2e'
  tally
  ;;
stock)
  phase "stock kernels"
  build
  tests/stock/run_all.sh build/forkdb "$FORKDB_KERNELS/stock" build/stock-all
  ;;
mutants)
  phase "mutants"
  build
  tests/mutants/run.py build
  ;;
esac
