#include "recorder/ingest/inserter.h"

#include <SQLiteCpp/Exception.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <cstddef>
#include <string>

namespace forkdb {
namespace {

// The type of the pointer that a statement passes to the table.
constexpr char kPointerType[] = "forkdb rows";

// The hidden column after those of a row. Its value is the pointer.
constexpr int kRowsColumn = RecordRow::kColumns;

using Rows = std::vector<RecordRow>;

// SQLite uses a pointer to the base as a pointer to the object, so the base
// must come first.
struct Cursor {
  sqlite3_vtab_cursor base;
  const Rows* rows;
  size_t row;
};

Cursor* AsCursor(sqlite3_vtab_cursor* cursor) {
  return reinterpret_cast<Cursor*>(cursor);
}

int Connect(sqlite3* database, void*, int, const char* const*,
            sqlite3_vtab** table, char**) {
  const int result = sqlite3_declare_vtab(
      database, fmt::format("CREATE TABLE new_rows ({}, rows HIDDEN)",
                            RecordRow::AllNames())
                    .c_str());
  if (result == SQLITE_OK) *table = new sqlite3_vtab{};
  return result;
}

int Disconnect(sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

// SQLite turns new_rows(?) into "rows = ?". This passes its value to Filter().
int BestIndex(sqlite3_vtab*, sqlite3_index_info* info) {
  for (int i = 0; i < info->nConstraint; ++i) {
    if (info->aConstraint[i].iColumn != kRowsColumn ||
        info->aConstraint[i].usable == 0) {
      continue;
    }
    info->aConstraintUsage[i].argvIndex = 1;
    info->aConstraintUsage[i].omit = 1;
    return SQLITE_OK;
  }
  return SQLITE_CONSTRAINT;
}

int Open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  *cursor = reinterpret_cast<sqlite3_vtab_cursor*>(new Cursor{});
  return SQLITE_OK;
}

int Close(sqlite3_vtab_cursor* cursor) {
  delete AsCursor(cursor);
  return SQLITE_OK;
}

int Filter(sqlite3_vtab_cursor* cursor, int, const char*, int,
           sqlite3_value** arguments) {
  AsCursor(cursor)->rows = static_cast<const Rows*>(
      sqlite3_value_pointer(arguments[0], kPointerType));
  AsCursor(cursor)->row = 0;
  return SQLITE_OK;
}

int Next(sqlite3_vtab_cursor* cursor) {
  ++AsCursor(cursor)->row;
  return SQLITE_OK;
}

int Eof(sqlite3_vtab_cursor* cursor) {
  const Rows* rows = AsCursor(cursor)->rows;
  // There are no rows if a user's SQL names the table.
  return rows == nullptr || AsCursor(cursor)->row >= rows->size() ? 1 : 0;
}

int Column(sqlite3_vtab_cursor* cursor, sqlite3_context* result, int column) {
  if (column == kRowsColumn) return SQLITE_OK;  // rows, a NULL
  const RecordRow& row = (*AsCursor(cursor)->rows)[AsCursor(cursor)->row];
  const int64_t value = row.values[static_cast<size_t>(column)];
  // Without a result, the value is NULL.
  if (value != RecordRow::kNull) sqlite3_result_int64(result, value);
  return SQLITE_OK;
}

int RowId(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(AsCursor(cursor)->row);
  return SQLITE_OK;
}

// Without xCreate, the table needs no CREATE VIRTUAL TABLE.
constexpr sqlite3_module MakeModule() {
  sqlite3_module module = {};
  module.xConnect = Connect;
  module.xDisconnect = Disconnect;
  module.xBestIndex = BestIndex;
  module.xOpen = Open;
  module.xClose = Close;
  module.xFilter = Filter;
  module.xNext = Next;
  module.xEof = Eof;
  module.xColumn = Column;
  module.xRowid = RowId;
  return module;
}

constexpr sqlite3_module kModule = MakeModule();

void Check(int result, sqlite3* handle) {
  if (result != SQLITE_OK) throw SQLite::Exception(handle, result);
}

}  // namespace

void Inserter::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Inserter::Inserter(SQLite::Database* database) : database_(database) {
  sqlite3* handle = database->getHandle();
  Check(sqlite3_create_module(handle, "new_rows", &kModule, nullptr), handle);
  // With OR FAIL, SQLite needs no statement journal. An error ends the
  // transaction anyway.
  const std::string insert = fmt::format(
      "INSERT OR FAIL INTO records ({0}) SELECT {0} FROM "
      "new_rows(?1)",
      RecordRow::AllNames());
  sqlite3_stmt* statement = nullptr;
  Check(sqlite3_prepare_v2(handle, insert.c_str(), -1, &statement, nullptr),
        handle);
  insert_.reset(statement);
}

void Inserter::Flush() {
  if (rows_.empty()) return;
  sqlite3_bind_pointer(insert_.get(), 1, &rows_, kPointerType, nullptr);
  sqlite3_step(insert_.get());
  const int result = sqlite3_reset(insert_.get());
  rows_.clear();
  Check(result, database_->getHandle());
}

}  // namespace forkdb
