// Compiles untrusted SQL from users.

#ifndef FORKDB_STORE_SQL_H_
#define FORKDB_STORE_SQL_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <string>

namespace forkdb {

// Compiles one statement that can only read. Refuses to write, attach, load an
// extension, change a setting, or call a function not known to be harmless.
// Refuses a second statement, and another number of parameters. Throws
// UsageError with SQLite's reason, or TextError if SQLite names a position.
SQLite::Statement CompileReadOnly(SQLite::Database* database,
                                  const std::string& sql, int parameters);

// Throws the same unless condition is one SQL expression over the columns of
// the view forks, without parameters. A condition that passes cannot close
// parentheses put around it.
void CheckCondition(SQLite::Database* database, const std::string& condition);

}  // namespace forkdb

#endif  // FORKDB_STORE_SQL_H_
