// Prints the boots of a database.

#ifndef FORKDB_QUERY_PRINT_BOOTS_PRINTER_H_
#define FORKDB_QUERY_PRINT_BOOTS_PRINTER_H_

#include <vector>

#include "query/database/boots.h"
#include "terminal/output.h"

namespace forkdb {

// Prints a row per boot, with its number for --boot: the latest is 0. The
// downtime is a length such as "2min" in table format, else in ns. Throws Error
// if the output cannot be written.
void PrintBoots(const std::vector<BootSummary>& boots, const Output& output);

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_BOOTS_PRINTER_H_
