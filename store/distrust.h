// Restrictions on every connection: anyone may have written the database, and
// anyone the SQL.

#ifndef FORKDB_STORE_DISTRUST_H_
#define FORKDB_STORE_DISTRUST_H_

#include <SQLiteCpp/Database.h>
#include <sys/resource.h>

#include <cstdint>

#include "base/error.h"

namespace forkdb {

// The longest text, blob or row. The recorder's are shorter than 100 kB.
inline constexpr int kMostValueBytes = 1'000'000;

// How much memory SQLite may allocate for a query.
inline constexpr int64_t kMostQueryBytes = int64_t{256} << 20;

// How much memory a query command may allocate in all, SQLite's part and lists
// of groups, callers or processes included.
inline constexpr int64_t kMostAnswerBytes = int64_t{1} << 30;

// Disables everything that can reach outside the database file: triggers,
// functions with side effects in views, extensions, custom tokenizers, attached
// databases, and virtual tables other than json_each, json_tree and the
// pragmas. Turns page checks on, and sets SQLite's limits. Must be called
// before the first read. Throws SQLite::Exception.
void Distrust(SQLite::Database* database);

// The error to throw for SQLITE_NOMEM and std::bad_alloc.
Error MemoryTrouble();

// While it lives, SQLite returns SQLITE_NOMEM if it needs kMostQueryBytes more
// than at construction, and new throws std::bad_alloc beyond kMostAnswerBytes
// (RLIMIT_DATA; a user's lower limit stays). Applies to the whole process; must
// not be nested.
class MemoryLimit {
 public:
  MemoryLimit();
  ~MemoryLimit();
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  rlimit former_{};
  bool limits_data_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_STORE_DISTRUST_H_
