#include "store/sql.h"

#include <SQLiteCpp/Exception.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <array>
#include <memory>
#include <string_view>

#include "store/error.h"

namespace forkdb {
namespace {

bool IsReadingPragma(std::string_view name, const char* argument) {
  constexpr std::array<std::string_view, 4> kWithArgument = {
      "table_info", "table_xinfo", "index_list", "index_info"};
  constexpr std::array<std::string_view, 3> kWithout = {
      "user_version", "application_id", "table_list"};
  for (const std::string_view known : kWithArgument) {
    if (name == known) return true;
  }
  for (const std::string_view known : kWithout) {
    if (name == known) return argument == nullptr;
  }
  return false;
}

// A pragma can be asked for as a table, too; some of those do things.
bool IsReadableTable(const char* table) {
  constexpr std::string_view kPragma = "pragma_";
  if (sqlite3_strnicmp(table, kPragma.data(),
                       static_cast<int>(kPragma.size())) != 0) {
    return true;
  }
  return IsReadingPragma(table + kPragma.size(), nullptr);
}

int Authorize(void*, int action, const char* first, const char* second,
              const char*, const char*) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_READ:
      return IsReadableTable(first) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_UPDATE:
      // SQLite asks this, too, where it learns a table-valued function such as
      // json_each; a statement that does change the schema is not read-only.
      return std::string_view(first) == "sqlite_master" ? SQLITE_OK
                                                        : SQLITE_DENY;
    case SQLITE_FUNCTION:
      return std::string_view(second) == "load_extension" ? SQLITE_DENY
                                                          : SQLITE_OK;
    case SQLITE_PRAGMA:
      return IsReadingPragma(first, second) ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

// Refuses through SQLite's authorizer while it lives.
class Guard {
 public:
  explicit Guard(sqlite3* connection) : connection_(connection) {
    sqlite3_set_authorizer(connection_, Authorize, nullptr);
  }
  ~Guard() { sqlite3_set_authorizer(connection_, nullptr, nullptr); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  sqlite3* connection_;
};

struct Finalizer {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
  }
};
using RawStatement = std::unique_ptr<sqlite3_stmt, Finalizer>;

UsageError SqlError(std::string_view reason) {
  return UsageError(fmt::format("SQL: {}", reason));
}

// SQLiteCpp does not say what followed the first statement.
void CheckStatement(sqlite3* connection, std::string_view sql, int parameters) {
  const auto compile = [&](std::string_view text, const char** tail) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(connection, text.data(),
                           static_cast<int>(text.size()), &raw,
                           tail) != SQLITE_OK) {
      throw SqlError(sqlite3_errmsg(connection));
    }
    return RawStatement(raw);
  };
  const char* tail = nullptr;
  const RawStatement statement = compile(sql, &tail);
  if (statement == nullptr) throw SqlError("no statement");
  // Blanks and comments compile to nothing.
  const std::string_view rest =
      sql.substr(static_cast<size_t>(tail - sql.data()));
  if (compile(rest, &tail) != nullptr) {
    throw SqlError("more than one statement");
  }
  if (sqlite3_bind_parameter_count(statement.get()) != parameters) {
    throw SqlError("parameters (?) are not supported");
  }
  if (sqlite3_stmt_readonly(statement.get()) == 0) {
    throw SqlError("not authorized");
  }
}

}  // namespace

SQLite::Statement CompileReadOnly(SQLite::Database* database,
                                  const std::string& sql, int parameters) {
  const Guard guard(database->getHandle());
  CheckStatement(database->getHandle(), sql, parameters);
  return SQLite::Statement(*database, sql);
}

}  // namespace forkdb
