#include "store/value.h"

#include <SQLiteCpp/Column.h>
#include <sqlite3.h>

#include <stdexcept>

namespace forkdb {
namespace {

Value ReadValue(const SQLite::Column& column) {
  switch (column.getType()) {
    case SQLITE_INTEGER:
      return column.getInt64();
    case SQLITE_FLOAT:
      return column.getDouble();
    case SQLITE_TEXT:
      return column.getString();
    case SQLITE_BLOB:
      return Blob{column.getString()};
    default:
      return std::monostate();
  }
}

}  // namespace

std::vector<std::string> ColumnNames(const SQLite::Statement& statement) {
  std::vector<std::string> names;
  for (int i = 0; i < statement.getColumnCount(); ++i) {
    names.emplace_back(statement.getColumnName(i));
  }
  return names;
}

void BindAll(const Row& values, SQLite::Statement* statement) {
  int index = 0;
  for (const Value& value : values) {
    ++index;
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      statement->bind(index, *integer);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      statement->bind(index, *text);
    } else {
      throw std::logic_error("only integers and texts are bound");
    }
  }
}

void ReadRow(SQLite::Statement* statement, Row* row) {
  row->clear();
  for (int i = 0; i < statement->getColumnCount(); ++i) {
    row->push_back(ReadValue(statement->getColumn(i)));
  }
}

}  // namespace forkdb
