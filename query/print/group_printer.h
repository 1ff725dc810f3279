// Prints groups (groups.h).

#ifndef FORKDB_QUERY_PRINT_GROUP_PRINTER_H_
#define FORKDB_QUERY_PRINT_GROUP_PRINTER_H_

#include <string>
#include <vector>

#include "query/count/groups.h"
#include "query/filter/shape.h"
#include "terminal/output.h"

namespace forkdb {

// Prints one row per group, with the columns and "records". The largest group
// comes first, or last if the shape is reversed. Groups with a time bucket come
// in the order of their columns. The shape's limit keeps the largest.
// Without columns, a table is just the number. Throws Error if the output
// cannot be written.
void PrintGroups(const Groups& groups, std::vector<std::string> columns,
                 const Shape& shape, const Output& output);

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_GROUP_PRINTER_H_
