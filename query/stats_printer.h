// Stats as text.

#ifndef FORKDB_QUERY_STATS_PRINTER_H_
#define FORKDB_QUERY_STATS_PRINTER_H_

#include <cstdio>

#include "query/stats.h"
#include "store/output.h"

namespace forkdb {

// As a table: a line that says of what, then each section that has entries as a
// table of its own, the rate with bars. In the other formats: one row an entry,
// with the columns section, name, pid, records and, where there is a window
// before, before. Throws Error if the stream cannot be written.
void PrintStats(const Stats& stats, Format format, std::FILE* stream);

}  // namespace forkdb

#endif  // FORKDB_QUERY_STATS_PRINTER_H_
