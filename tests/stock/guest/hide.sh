# SPDX-License-Identifier: MIT
# An unprivileged user with failing calls beside root.
. /e2e/load.sh
# Twice what the others need: nothing may be lost for want of room.
buffer="--buffer 64M"
record_load hide 2000 1
