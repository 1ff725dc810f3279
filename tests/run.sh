#!/bin/sh
# Installs what the tests need (Debian 12), builds, and runs all of them:
# unit, command line, eBPF on this machine's kernel, and end to end on patched
# kernels in an emulator. Run it as root. See README.md for what to expect.
set -eu
cd "$(dirname "$0")/.."

if [ "$(id -u)" -ne 0 ]; then
  echo "run.sh: run it as root: sudo tests/run.sh" >&2
  exit 1
fi

examples/install-packages.sh examples/packages-build.txt \
  examples/packages-kernel.txt tests/packages.txt

echo "== unit tests under AddressSanitizer and UndefinedBehaviorSanitizer"
cmake --preset asan >/dev/null
cmake --build build-asan --target forkdb_unit_tests | tail -n 1
ctest --preset asan | tail -n 4

echo "== all tests"
cmake --preset default -DFORKDB_TESTS=ON -DFORKDB_WERROR=ON >/dev/null
cmake --build build | tail -n 1
ctest --test-dir build --output-on-failure
