# SPDX-License-Identifier: MIT
# The same with so many processes that all copies of a program are preempted.
. /e2e/load.sh
buffer="--buffer 64M"
record_load hide 2000 20
