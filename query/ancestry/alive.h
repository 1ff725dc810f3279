// The processes that were alive before a recording (the table alive), beside
// those that records created.

#ifndef FORKDB_QUERY_ANCESTRY_ALIVE_H_
#define FORKDB_QUERY_ANCESTRY_ALIVE_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>

#include "query/filter/process.h"

namespace forkdb {

// The process of a row that has, from this column on, the record that created
// it and its row in alive; nothing if both are NULL.
std::optional<Process> ProcessAt(const SQLite::Statement& row, int column);

// The id of the process's row in boots; 0 if the database does not have it.
int64_t BootOf(const Process& process, SQLite::Database* database);

// Rebuilds the temporary table made (alive, record): which rows of alive, of
// one boot, are of a process that a record created, too. Reads the blocks that
// can have such a record, each once.
void StoreMade(int64_t boot, SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_ALIVE_H_
