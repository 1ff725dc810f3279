// Cells and rows, as read from SQLite.

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

// One cell: NULL, INTEGER, REAL, TEXT or BLOB. TEXT may be malformed UTF-8 if a
// user's SQL made it.
using Value = std::variant<std::monostate, int64_t, double, std::string, Blob>;

using Row = std::vector<Value>;

// Returns the integer, or otherwise if the cell has another type: anyone may
// have written the database.
int64_t IntegerOr(const Value& value, int64_t otherwise);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_VALUE_H_
