// Groups (groups.h) as text.

#ifndef FORKDB_QUERY_PRINT_GROUP_PRINTER_H_
#define FORKDB_QUERY_PRINT_GROUP_PRINTER_H_

#include <string>
#include <vector>

#include "query/count/groups.h"
#include "query/filter/shape.h"
#include "terminal/output.h"

namespace forkdb {

// One row a group under the columns' names and "records": the largest first, or
// last if the shape is reversed; so many as its limit says. Without columns, in
// a table, the number stands alone. Throws Error if it cannot be written.
void PrintGroups(const Groups& groups, std::vector<std::string> columns,
                 const Shape& shape, const Output& output);

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_GROUP_PRINTER_H_
