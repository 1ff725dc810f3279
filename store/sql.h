// SQL that a user wrote, run without trust.

#ifndef FORKDB_STORE_SQL_H_
#define FORKDB_STORE_SQL_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <string>

namespace forkdb {

// Compiles one statement that can do nothing but read, whatever its text says:
// one that would write, attach, load an extension or change a setting, a second
// statement behind it, or parameters other than the given number are refused.
// Where sql is built around a condition of the user's, in parentheses, that is
// the text that mistakes are shown in. Throws UsageError with SQLite's reason,
// TextError where it names a place.
SQLite::Statement CompileReadOnly(SQLite::Database* database,
                                  const std::string& sql, int parameters,
                                  const std::string& condition = "");

}  // namespace forkdb

#endif  // FORKDB_STORE_SQL_H_
