# SPDX-License-Identifier: MIT
# Four processes that do nothing but vfork.
. /e2e/load.sh
record_load vforks 4 3000
