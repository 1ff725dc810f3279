#include "store/sql.h"

#include <SQLiteCpp/Exception.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/suggest.h"
#include "store/distrust.h"
#include "store/time_literals.h"

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

// Pragmas can also be read as tables, and some have side effects.
bool IsReadableTable(const char* table) {
  constexpr std::string_view kPragma = "pragma_";
  if (sqlite3_strnicmp(table, kPragma.data(),
                       static_cast<int>(kPragma.size())) != 0) {
    return true;
  }
  return IsReadingPragma(table + kPragma.size(), nullptr);
}

// Functions without side effects. Functions of a library or a newer SQLite are
// refused until they are listed here.
constexpr std::string_view kFunctions =
    " -> ->> abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling "
    "changes char coalesce concat concat_ws cos cosh count cume_dist "
    "current_date current_time current_timestamp date datetime degrees "
    "dense_rank exp first_value floor format glob group_concat hex if "
    "ifnull iif instr json json_array json_array_length json_error_position "
    "json_extract json_group_array json_group_object json_insert "
    "json_object json_patch json_pretty json_quote json_remove json_replace "
    "json_set json_type json_valid julianday lag last_insert_rowid "
    "last_value lead length like likelihood likely ln log log10 log2 lower "
    "ltrim max median min mod nth_value ntile nullif octet_length "
    "percent_rank percentile percentile_cont percentile_disc pi pow power "
    "printf quote radians random randomblob rank replace round row_number "
    "rtrim sign sin sinh soundex sqlite_compileoption_get "
    "sqlite_compileoption_used sqlite_source_id sqlite_version sqrt "
    "strftime string_agg substr substring subtype sum tan tanh time "
    "timediff total total_changes trim trunc typeof unhex unicode unixepoch "
    "unlikely upper zeroblob ";

bool IsHarmlessFunction(const char* name) {
  return kFunctions.find(fmt::format(" {} ", name)) != std::string_view::npos;
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
      // SQLite also asks this when it first uses a table-valued function such
      // as json_each. A statement that changes the schema is not read-only,
      // which CheckStatement() refuses.
      return std::string_view(first) == "sqlite_master" ? SQLITE_OK
                                                        : SQLITE_DENY;
    case SQLITE_FUNCTION:
      return IsHarmlessFunction(second) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA:
      return IsReadingPragma(first, second) ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

// Authorize() is in force while this object lives.
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

// The first column of the result; empty on error.
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

// If the reason is an unknown column or table, appends a similar known name.
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

// The user's part of a statement and its offset.
struct UserText {
  std::string_view text;
  size_t start;
};

// Throws SQLite's error, with the position if it is in the user's part.
void ThrowSqlError(sqlite3* connection, const UserText& user) {
  const int code = sqlite3_errcode(connection);
  if (code == SQLITE_NOMEM) throw MemoryTrouble();
  if (code == SQLITE_INTERRUPT) throw Interrupted();
  const std::string reason = sqlite3_errmsg(connection);
  const int offset = sqlite3_error_offset(connection);
  const std::string told = "SQL: " + WithSuggestion(connection, reason);
  if (offset < 0 || static_cast<size_t>(offset) < user.start) {
    throw UsageError(told);
  }
  throw TextError(
      told, std::string(user.text),
      std::min(static_cast<size_t>(offset) - user.start, user.text.size()));
}

// Uses SQLite's API, because SQLiteCpp hides the text after the first
// statement.
void CheckStatement(sqlite3* connection, std::string_view sql, int parameters,
                    const UserText& user) {
  const auto compile = [&](std::string_view text, const UserText& part,
                           const char** tail) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(connection, text.data(),
                           static_cast<int>(text.size()), &raw,
                           tail) != SQLITE_OK) {
      ThrowSqlError(connection, part);
    }
    return RawStatement(raw);
  };
  const char* tail = nullptr;
  const RawStatement statement = compile(sql, user, &tail);
  if (statement == nullptr) throw SqlError("no statement");
  // Blanks and comments compile to a null statement.
  const std::string_view rest =
      sql.substr(static_cast<size_t>(tail - sql.data()));
  if (compile(rest, {rest, 0}, &tail) != nullptr) {
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
  CheckStatement(database->getHandle(), sql, parameters, {sql, 0});
  return SQLite::Statement(*database, sql);
}

void CheckCondition(SQLite::Database* database, const std::string& condition) {
  const Guard guard(database->getHandle());
  constexpr std::string_view kBefore = "SELECT 1 FROM forks WHERE ";
  // The parentheses make a clause after the expression an error. The newline
  // ends a comment. The ORDER BY makes SQLite report the position of a missing
  // parenthesis.
  const std::string enclosed =
      std::string(kBefore) + "(" + condition + "\n) ORDER BY id";
  CheckStatement(database->getHandle(), enclosed, 0,
                 {condition, kBefore.size() + 1});
  // Without parentheses, a condition that closes them early is an error.
  const std::string alone = std::string(kBefore) + condition;
  CheckStatement(database->getHandle(), alone, 0, {condition, kBefore.size()});
  CheckTimeLiterals(condition);
}

}  // namespace forkdb
