// Binds values to a statement and reads its rows.

#ifndef FORKDB_STORE_STATEMENT_H_
#define FORKDB_STORE_STATEMENT_H_

#include <SQLiteCpp/Statement.h>

#include <string>
#include <vector>

#include "terminal/value.h"

namespace forkdb {

std::vector<std::string> ColumnNames(const SQLite::Statement& statement);

// Binds the values to parameters 1, 2, …. The statement copies them.
void BindAll(const Row& values, SQLite::Statement* statement);

// Copies the statement's current row.
void ReadRow(SQLite::Statement* statement, Row* row);

}  // namespace forkdb

#endif  // FORKDB_STORE_STATEMENT_H_
