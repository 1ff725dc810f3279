// What holds for every connection, because somebody else may have made the
// database, and somebody else the SQL.

#ifndef FORKDB_STORE_DISTRUST_H_
#define FORKDB_STORE_DISTRUST_H_

#include <SQLiteCpp/Database.h>
#include <sys/resource.h>

#include <cstdint>

#include "base/error.h"

namespace forkdb {

// The longest text, blob or row. The recorder's own are shorter than 100 kB.
inline constexpr int kMostValueBytes = 1'000'000;

// What SQLite may allocate for a user's SQL, beyond what it has already.
inline constexpr int64_t kMostQueryBytes = int64_t{256} << 20;

// What a command that answers may allocate in all, SQLite's part included.
// Lists of groups, callers or processes count towards it.
inline constexpr int64_t kMostAnswerBytes = int64_t{1} << 30;

// Switches off what can reach outside of the database file: triggers,
// functions with effects in views, extensions, custom tokenizers, attached
// databases, and virtual tables other than json_each, json_tree and the
// pragmas. Checks pages, and sets SQLite's limits. Call it before anything is
// read. Throws SQLite::Exception.
void Distrust(SQLite::Database* database);

// What to throw where SQLite says SQLITE_NOMEM, or in place of std::bad_alloc.
Error MemoryTrouble();

// While it lives, SQLite answers SQLITE_NOMEM once it would need more than
// kMostQueryBytes beyond what it has now, and new throws std::bad_alloc beyond
// kMostAnswerBytes (RLIMIT_DATA; a lower limit of the user's stays). For the
// whole process: not to be nested.
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
