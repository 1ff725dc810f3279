#include "store/statement.h"

#include <SQLiteCpp/Column.h>
#include <sqlite3.h>

#include <string_view>

namespace forkdb {
namespace {

std::string_view Bytes(const SQLite::Column& column) {
  const void* bytes = column.getBlob();
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<size_t>(column.getBytes())};
}

// Reuses the memory of the column's last text.
void ReadText(const SQLite::Column& column, Value* value) {
  if (auto* text = std::get_if<std::string>(value)) {
    *text = Bytes(column);
  } else {
    *value = std::string(Bytes(column));
  }
}

void ReadValue(const SQLite::Column& column, Value* value) {
  switch (column.getType()) {
    case SQLITE_INTEGER:
      *value = column.getInt64();
      break;
    case SQLITE_FLOAT:
      *value = column.getDouble();
      break;
    case SQLITE_TEXT:
      ReadText(column, value);
      break;
    case SQLITE_BLOB:
      *value = Blob{std::string(Bytes(column))};
      break;
    default:
      *value = std::monostate();
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
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      statement->bind(index, blob->bytes.data(),
                      static_cast<int>(blob->bytes.size()));
    } else if (const auto* real = std::get_if<double>(&value)) {
      statement->bind(index, *real);
    } else {
      statement->bind(index);
    }
  }
}

void ReadRow(SQLite::Statement* statement, Row* row) {
  row->resize(static_cast<size_t>(statement->getColumnCount()));
  for (size_t i = 0; i < row->size(); ++i) {
    ReadValue(statement->getColumn(static_cast<int>(i)), &(*row)[i]);
  }
}

}  // namespace forkdb
