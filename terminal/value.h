// Cells and rows on their way to an output format.

#ifndef FORKDB_TERMINAL_VALUE_H_
#define FORKDB_TERMINAL_VALUE_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace forkdb {

// Bytes that are not text.
struct Blob {
  std::string bytes;
};

// One cell: NULL, INTEGER, REAL, TEXT or BLOB. TEXT may hold any bytes where a
// user's SQL made it; no format relies on its being UTF-8.
using Value = std::variant<std::monostate, int64_t, double, std::string, Blob>;

using Row = std::vector<Value>;

// The integer, or another where the cell holds none: what a database was made
// to say may be of any type.
int64_t IntegerOr(const Value& value, int64_t otherwise);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_VALUE_H_
