// What is to be thrown for what SQLite says while a question is answered.

#ifndef FORKDB_QUERY_SQL_TROUBLE_H_
#define FORKDB_QUERY_SQL_TROUBLE_H_

#include <SQLiteCpp/Exception.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <string>

#include "store/database.h"
#include "store/error.h"

namespace forkdb {

// Returns what call does. SQLITE_ERROR is the SQL's fault, an overflow or a
// malformed pattern: UsageError. SQLITE_INTERRUPT is
// the user's wish: Interrupted. All else is the database's at path: Error.
template <typename Call>
auto TranslateTrouble(const std::string& path, const Call& call) {
  try {
    return call();
  } catch (const SQLite::Exception& e) {
    if (e.getErrorCode() == SQLITE_ERROR) {
      throw UsageError(fmt::format("SQL: {}", e.what()));
    }
    if (e.getErrorCode() == SQLITE_INTERRUPT) throw Interrupted();
    throw DatabaseError(path, e);
  }
}

}  // namespace forkdb

#endif  // FORKDB_QUERY_SQL_TROUBLE_H_
