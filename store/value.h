// Cells and rows on their way from a statement to an output format.

#ifndef FORKDB_STORE_VALUE_H_
#define FORKDB_STORE_VALUE_H_

#include <SQLiteCpp/Statement.h>

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

// The names of the statement's columns.
std::vector<std::string> ColumnNames(const SQLite::Statement& statement);

// Binds integers and texts to the statement's parameters, from the first on.
void BindAll(const Row& values, SQLite::Statement* statement);

// Copies the row that the statement stands on.
void ReadRow(SQLite::Statement* statement, Row* row);

}  // namespace forkdb

#endif  // FORKDB_STORE_VALUE_H_
