// Runs prepared statements with integers.

#ifndef FORKDB_RECORDER_INGEST_RUN_H_
#define FORKDB_RECORDER_INGEST_RUN_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

namespace forkdb {

// Values of the parameters 1, 2, …; nullopt is NULL.
using Values = std::initializer_list<std::optional<int64_t>>;

// Binds the values, runs the statement and resets it. Throws SQLite::Exception.
void Run(Values values, SQLite::Statement* statement);

// Compiles SQL and runs it with the values. Throws SQLite::Exception.
void RunSql(const std::string& sql, Values values, SQLite::Database* database);

// Runs a query and resets it. Returns the first column of the first row, or
// nullopt if there is no row. Throws SQLite::Exception.
std::optional<int64_t> FindInteger(Values values, SQLite::Statement* query);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_RUN_H_
