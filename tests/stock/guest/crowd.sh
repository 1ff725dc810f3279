# SPDX-License-Identifier: MIT
# The same with so many processes that all copies of a program are preempted.
. /e2e/load.sh
# A buffer for two million records: whatever is missing was skipped.
buffer="--buffer 256M"
record_load hide 2000 20
