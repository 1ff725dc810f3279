// What is to be thrown for what SQLite says while a question is answered.

#ifndef FORKDB_QUERY_SEARCH_SQL_TROUBLE_H_
#define FORKDB_QUERY_SEARCH_SQL_TROUBLE_H_

#include <SQLiteCpp/Exception.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <string>

#include "base/error.h"
#include "store/database.h"
#include "store/distrust.h"

namespace forkdb {

// Returns what call does. SQLITE_ERROR is the SQL's fault, an overflow or a
// malformed pattern, and so is SQLITE_TOOBIG: UsageError. SQLITE_INTERRUPT is
// the user's wish: Interrupted. SQLITE_NOMEM is MemoryLimit's: Error. All else
// is the database's at path: Error.
template <typename Call>
auto TranslateTrouble(const std::string& path, const Call& call) {
  try {
    return call();
  } catch (const SQLite::Exception& e) {
    const int code = e.getErrorCode();
    if (code == SQLITE_ERROR || code == SQLITE_TOOBIG) {
      throw UsageError(fmt::format("SQL: {}", e.what()));
    }
    if (code == SQLITE_NOMEM) throw MemoryTrouble();
    if (e.getErrorCode() == SQLITE_INTERRUPT) throw Interrupted();
    throw DatabaseError(path, e);
  }
}

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_SQL_TROUBLE_H_
