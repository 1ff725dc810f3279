// Cells and rows between a statement and the code.

#ifndef FORKDB_STORE_STATEMENT_H_
#define FORKDB_STORE_STATEMENT_H_

#include <SQLiteCpp/Statement.h>

#include <string>
#include <vector>

#include "terminal/value.h"

namespace forkdb {

// The names of the statement's columns.
std::vector<std::string> ColumnNames(const SQLite::Statement& statement);

// Binds the values to the statement's parameters, from the first on.
void BindAll(const Row& values, SQLite::Statement* statement);

// Copies the row that the statement stands on.
void ReadRow(SQLite::Statement* statement, Row* row);

}  // namespace forkdb

#endif  // FORKDB_STORE_STATEMENT_H_
