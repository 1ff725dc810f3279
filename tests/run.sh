#!/bin/sh
# Installs what the tests need (Debian 12), builds, and runs all of them:
# unit, fuzzing, command line, eBPF on this machine's kernel, and end to end on
# patched kernels in an emulator. Run it as root. See README.md for what to expect.
set -eu
cd "$(dirname "$0")/.."
. examples/quiet.sh

if [ "$(id -u)" -ne 0 ]; then
  echo "run.sh: run it as root: sudo tests/run.sh" >&2
  exit 1
fi

examples/install-packages.sh examples/packages-build.txt \
  examples/packages-kernel.txt tests/packages.txt

echo "== unit tests under AddressSanitizer and UndefinedBehaviorSanitizer"
quiet cmake --preset asan
quiet cmake --build build-asan
quiet ctest --preset asan
echo "all passed"

echo "== fuzzing, a minute"
quiet cmake --preset fuzz
quiet cmake --build --preset fuzz
quiet ctest --preset fuzz
echo "all passed"

echo "== all tests"
quiet cmake --preset default -DFORKDB_TESTS=ON -DFORKDB_WERROR=ON \
  -DFORKDB_REPORT=ON
quiet cmake --build build
ctest --test-dir build --output-on-failure

echo "== what became of every number"
sed -n '/^fault  /,/^-----/p; /^ok  [a-z]*: /p' build/Testing/Temporary/LastTest.log |
  grep -v '^-*$'
