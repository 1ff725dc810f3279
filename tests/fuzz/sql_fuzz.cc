// Whatever SQL a user gives, as a statement or as a condition: it is refused
// with a UsageError, or it changes nothing.

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "store/database.h"
#include "store/sql.h"
#include "tests/fuzz/require.h"

namespace forkdb {
namespace {

// Bounds for what a statement that only reads may cost here.
constexpr int kMostBytes = 100'000;
constexpr int kOperations = 20'000;

// A connection that may write: the guard alone stands in the way.
class Target {
 public:
  Target() : database_(OpenForWriting(kMemoryDatabase)) {
    database_.exec(
        "INSERT INTO boots (id, boot_id) VALUES (1, 'a');"
        "INSERT INTO users VALUES (1, 0, 'root', 1);"
        "CREATE TABLE spare (x); INSERT INTO spare VALUES (1), (2)");
    sqlite3_limit(database_.getHandle(), SQLITE_LIMIT_LENGTH, kMostBytes);
    State();  // opens the temporary database
    before_ = State();
  }

  // As query/search/search.cc puts a condition into its statement.
  void TryCondition(const std::string& condition) {
    try {
      CheckCondition(&database_, condition);
    } catch (const UsageError&) {
      return;
    }
    // It is an expression: the statement around it keeps its form.
    Try("SELECT id FROM forks WHERE id BETWEEN ?1 AND ?2 AND (" + condition +
            "\n) ORDER BY id",
        2);
  }

  void Try(const std::string& sql, int parameters) {
    try {
      SQLite::Statement statement =
          CompileReadOnly(&database_, sql, parameters);
      sqlite3_progress_handler(
          database_.getHandle(), kOperations, [](void*) { return 1; }, nullptr);
      while (statement.executeStep()) {
      }
    } catch (const UsageError&) {
    } catch (const SQLite::Exception&) {  // at run time: an overflow
    }
    sqlite3_progress_handler(database_.getHandle(), 0, nullptr, nullptr);
    Require(State() == before_, "SQL of a user changes nothing");
  }

 private:
  // All that a statement could have changed.
  std::string State() {
    std::string state =
        std::to_string(sqlite3_total_changes(database_.getHandle()));
    for (const char* sql :
         {"PRAGMA schema_version", "PRAGMA user_version",
          "PRAGMA application_id", "PRAGMA query_only", "PRAGMA foreign_keys",
          "PRAGMA writable_schema", "PRAGMA recursive_triggers",
          "PRAGMA cache_size", "PRAGMA synchronous",
          "SELECT count(*) FROM pragma_database_list",
          "SELECT count(*) FROM sqlite_temp_schema", "SELECT sum(x) FROM spare",
          "SELECT count(*) FROM boots"}) {
      state += " " + database_.execAndGet(sql).getString();
    }
    state += sqlite3_get_autocommit(database_.getHandle()) != 0 ? " auto" : "";
    return state;
  }

  SQLite::Database database_;
  std::string before_;
};

}  // namespace
}  // namespace forkdb

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static forkdb::Target target;
  const std::string input(reinterpret_cast<const char*>(data), size);
  target.Try(input, 0);
  target.TryCondition(input);
  return 0;
}
