// Printing a status.

#ifndef FORKDB_QUERY_PRINT_STATUS_PRINTER_H_
#define FORKDB_QUERY_PRINT_STATUS_PRINTER_H_

#include <cstdint>

#include "query/database/status.h"
#include "terminal/output.h"

namespace forkdb {

// As a table: a line for each thing that a person asks, times with their age.
// In the other formats: one row, every field under its name in Status, the
// problems as one text. Throws Error if the output cannot be written.
void PrintStatus(const Status& status, int64_t now_ns, const Output& output);

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_STATUS_PRINTER_H_
