# SPDX-License-Identifier: MIT
# Eight processes on two processors, good and failing calls.
. /e2e/load.sh
record_load parallel 8 1000 3000
