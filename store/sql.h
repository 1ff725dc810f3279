// SQL that a user wrote, run without trust.

#ifndef FORKDB_STORE_SQL_H_
#define FORKDB_STORE_SQL_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <string>

namespace forkdb {

// Compiles one statement that can do nothing but read, whatever its text says:
// one that would write, attach, load an extension, change a setting or call a
// function that is not known to be harmless, a second statement behind it, or
// parameters other than the given number are refused. Throws UsageError with
// SQLite's reason, TextError where it names a place.
SQLite::Statement CompileReadOnly(SQLite::Database* database,
                                  const std::string& sql, int parameters);

// Throws the same unless the text is one SQL expression over the columns of the
// view forks, without parameters. Such a text cannot end the parentheses that a
// statement puts around it.
void CheckCondition(SQLite::Database* database, const std::string& condition);

}  // namespace forkdb

#endif  // FORKDB_STORE_SQL_H_
