#include "recorder/ingest/run.h"

namespace forkdb {
namespace {

void Bind(Values values, SQLite::Statement* statement) {
  int index = 0;
  for (const std::optional<int64_t>& value : values) {
    ++index;
    if (value) {
      statement->bind(index, *value);
    } else {
      statement->bind(index);
    }
  }
}

}  // namespace

void Run(Values values, SQLite::Statement* statement) {
  Bind(values, statement);
  statement->exec();
  statement->reset();
}

void RunSql(const std::string& sql, Values values, SQLite::Database* database) {
  SQLite::Statement statement(*database, sql);
  Run(values, &statement);
}

std::optional<int64_t> FindInteger(Values values, SQLite::Statement* query) {
  Bind(values, query);
  std::optional<int64_t> found;
  if (query->executeStep()) found = query->getColumn(0).getInt64();
  query->reset();
  return found;
}

}  // namespace forkdb
