// Prints a status.

#ifndef FORKDB_QUERY_PRINT_STATUS_PRINTER_H_
#define FORKDB_QUERY_PRINT_STATUS_PRINTER_H_

#include <cstdint>

#include "query/database/status.h"
#include "terminal/output.h"

namespace forkdb {

// In table format, prints a line per item, and times with their age. In other
// formats, prints one row, with columns named like the fields of Status and all
// problems in one text. Throws Error if the output cannot be written.
void PrintStatus(const Status& status, int64_t now_ns, const Output& output);

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_STATUS_PRINTER_H_
