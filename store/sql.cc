#include "store/sql.h"

#include <SQLiteCpp/Exception.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "store/error.h"
#include "store/suggest.h"

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

// The first column of an answer.
std::vector<std::string> Texts(sqlite3* connection, const char* sql) {
  std::vector<std::string> texts;
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(connection, sql, -1, &raw, nullptr) != SQLITE_OK) {
    return texts;
  }
  const RawStatement statement(raw);
  while (sqlite3_step(raw) == SQLITE_ROW) {
    // NOLINTNEXTLINE(*-reinterpret-cast)
    texts.emplace_back(
        reinterpret_cast<const char*>(sqlite3_column_text(raw, 0)));
  }
  return texts;
}

// What SQLite says of a name that it does not know, and what may be meant.
std::string WithSuggestion(sqlite3* connection, const std::string& reason) {
  constexpr std::string_view kNoColumn = "no such column: ";
  constexpr std::string_view kNoTable = "no such table: ";
  const auto suggest = [&](std::string_view start, const char* sql) {
    const std::vector<std::string> known = Texts(connection, sql);
    return reason + DidYouMean(std::string_view(reason).substr(start.size()),
                               {known.begin(), known.end()});
  };
  if (reason.rfind(kNoColumn, 0) == 0) {
    return suggest(kNoColumn, "SELECT name FROM pragma_table_info('forks')");
  }
  if (reason.rfind(kNoTable, 0) == 0) {
    return suggest(kNoTable,
                   "SELECT name FROM sqlite_schema WHERE type <> 'index'");
  }
  return reason;
}

// What is wrong with sql, as SQLite has it; condition is the user's part of it,
// or empty.
void ThrowSqlError(sqlite3* connection, std::string_view sql,
                   const std::string& condition) {
  const std::string reason = sqlite3_errmsg(connection);
  const int offset = sqlite3_error_offset(connection);
  const std::string told = "SQL: " + WithSuggestion(connection, reason);
  if (offset < 0) throw UsageError(told);
  if (condition.empty()) {
    throw TextError(told, std::string(sql), static_cast<size_t>(offset));
  }
  // Before it stands nothing that looks like this.
  const size_t start = sql.find("(" + condition + "\n)") + 1;
  if (start == 0 || static_cast<size_t>(offset) < start) throw UsageError(told);
  throw TextError(
      told, condition,
      std::min(static_cast<size_t>(offset) - start, condition.size()));
}

// SQLiteCpp does not say what followed the first statement.
void CheckStatement(sqlite3* connection, std::string_view sql, int parameters,
                    const std::string& condition) {
  const auto compile = [&](std::string_view text, const char** tail) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(connection, text.data(),
                           static_cast<int>(text.size()), &raw,
                           tail) != SQLITE_OK) {
      ThrowSqlError(connection, text, condition);
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
                                  const std::string& sql, int parameters,
                                  const std::string& condition) {
  const Guard guard(database->getHandle());
  CheckStatement(database->getHandle(), sql, parameters, condition);
  return SQLite::Statement(*database, sql);
}

}  // namespace forkdb
