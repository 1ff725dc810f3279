// Prints statistics.

#ifndef FORKDB_QUERY_PRINT_STATS_PRINTER_H_
#define FORKDB_QUERY_PRINT_STATS_PRINTER_H_

#include "query/count/stats.h"
#include "terminal/output.h"

namespace forkdb {

// In table format, prints a line with the window, then a table for each section
// that has entries, with bars for the rate. In other formats, prints one row
// per entry with the columns section, name, pid, records and, if there is an
// earlier window, before. Throws Error if the output cannot be written.
void PrintStats(const Stats& stats, const Output& output);

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_STATS_PRINTER_H_
