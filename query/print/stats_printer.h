// Stats as text.

#ifndef FORKDB_QUERY_PRINT_STATS_PRINTER_H_
#define FORKDB_QUERY_PRINT_STATS_PRINTER_H_

#include "query/count/stats.h"
#include "terminal/output.h"

namespace forkdb {

// As a table: a line that says of what, then each section that has entries as a
// table of its own, the rate with bars. In the other formats: one row an entry,
// with the columns section, name, pid, records and, where there is a window
// before, before. Throws Error if the output cannot be written.
void PrintStats(const Stats& stats, const Output& output);

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_STATS_PRINTER_H_
