#include "query/reader.h"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <charconv>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "store/database.h"
#include "store/error.h"
#include "store/sql.h"

namespace forkdb {
namespace {

void Bind(int index, const Value& value, SQLite::Statement* statement) {
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    statement->bind(index, *integer);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    statement->bind(index, *text);
  } else {
    throw std::logic_error("only integers and texts are bound");
  }
}

// "0" or "-N", as a number of boots back.
std::optional<int64_t> BootsBack(const std::string& text) {
  int64_t offset = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, offset);
  // A boot_id may begin with digits, but does not end with them so soon.
  constexpr int64_t kNoBoots = std::numeric_limits<int64_t>::min();
  if (result.ec != std::errc() || result.ptr != end || offset > 0 ||
      offset == kNoBoots) {
    return std::nullopt;
  }
  return -offset;
}

}  // namespace

Reader::Reader(std::string path)
    : path_(std::move(path)), database_(OpenForReading(path_)) {}

int64_t Reader::FindBoot(const std::string& text) {
  const auto no_boot = [&](const char* reason) {
    return UsageError(
        fmt::format("boot '{}': {}: list them with --sql 'SELECT * FROM boots'",
                    text, reason));
  };
  if (const std::optional<int64_t> back = BootsBack(text)) {
    SQLite::Statement find(
        database_, "SELECT id FROM boots ORDER BY id DESC LIMIT 1 OFFSET ?");
    find.bind(1, *back);
    if (!find.executeStep()) throw no_boot("there are not so many");
    return find.getColumn(0).getInt64();
  }
  SQLite::Statement find(
      database_,
      "SELECT id FROM boots WHERE substr(boot_id, 1, length(?1)) = ?1 LIMIT 2");
  find.bind(1, text);
  if (text.empty() || !find.executeStep()) throw no_boot("no such boot");
  const int64_t id = find.getColumn(0).getInt64();
  if (find.executeStep()) throw no_boot("more than one begins so");
  return id;
}

void Reader::Print(const Question& question, Format format, std::FILE* stream) {
  SQLite::Statement statement = CompileReadOnly(
      &database_, question.sql, static_cast<int>(question.values.size()));
  for (size_t i = 0; i < question.values.size(); ++i) {
    Bind(static_cast<int>(i) + 1, question.values[i], &statement);
  }
  const std::unique_ptr<RowPrinter> printer =
      NewRowPrinter(format, ColumnNames(statement), stream);
  Row row;
  try {
    while (statement.executeStep()) {
      ReadRow(&statement, &row);
      printer->Print(row);
    }
  } catch (const SQLite::Exception& e) {
    // SQLITE_ERROR is the SQL's fault: an overflow, a malformed pattern.
    if (e.getErrorCode() == SQLITE_ERROR) {
      throw UsageError(fmt::format("SQL: {}", e.what()));
    }
    throw DatabaseError(path_, e);
  }
  printer->Finish();
}

}  // namespace forkdb
