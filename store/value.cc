#include "store/value.h"

#include <SQLiteCpp/Column.h>
#include <sqlite3.h>

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

void ReadRow(SQLite::Statement* statement, Row* row) {
  row->clear();
  for (int i = 0; i < statement->getColumnCount(); ++i) {
    row->push_back(ReadValue(statement->getColumn(i)));
  }
}

}  // namespace forkdb
