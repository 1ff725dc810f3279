# SPDX-License-Identifier: MIT
# Where systemd mounts it; and what the kernel says of itself.
. /e2e/lib.sh
mount -t tracefs tracefs /sys/kernel/tracing || fail "no tracefs"
uname -r >"$out/release"
