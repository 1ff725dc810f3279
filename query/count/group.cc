#include "query/count/group.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/saturate.h"
#include "query/count/whole_blocks.h"
#include "query/filter/time_bucket.h"
#include "query/search/criterion.h"
#include "query/search/row_cursor.h"
#include "store/dimensions.h"
#include "store/schema.h"
#include "store/statement.h"

namespace forkdb {
namespace {

// A table that counts columns by block. from is SQL: the table as b, joined
// with its values as v if it has any.
struct CountedTable {
  std::string_view criterion;
  std::string from;
  std::array<Dimension::ViewColumn, 4> columns;
};

std::vector<CountedTable> CountedTables() {
  std::vector<CountedTable> tables = {
      {"stream",
       "blocks AS b",
       {{{"stream", "b.block / {kStreamBlocks}"},
         {"boot",
          "(SELECT o.boot_id FROM streams AS s JOIN boots AS o ON o.id = "
          "s.boot WHERE s.id = b.block / {kStreamBlocks})"}}}}};
  for (const Dimension& dimension : kDimensions) {
    tables.push_back(
        {dimension.name(), BlocksByValue(dimension), dimension.view_columns});
  }
  return tables;
}

const char* FindColumn(const CountedTable& table, std::string_view name) {
  for (const Dimension::ViewColumn& column : table.columns) {
    if (column.name != nullptr && column.name == name) return column.sql;
  }
  return nullptr;
}

// Reads the row on which the statement stands, removes its count and returns
// it.
int64_t TakeCount(SQLite::Statement* statement, Row* row) {
  ReadRow(statement, row);
  const int64_t count = IntegerOr(row->back(), 0);
  row->pop_back();
  return count;
}

class Grouper {
 public:
  Grouper(SQLite::Database* database, const Search& search,
          const std::vector<std::string>& columns, Groups* groups)
      : database_(database),
        search_(search),
        columns_(columns),
        groups_(groups) {}

  void Run();

 private:
  std::optional<CountedTable> FindTable() const;
  void ReadRows(Runs runs);
  void ReadBlocks(const CountedTable& table);
  void AddWholes(const CountedTable& table, const std::string& is_whole);
  void AddSuccesses(const std::string& is_whole);
  // Moves the kernel's threads to kthread from the kind of their flags.
  void MoveKernelThreads(const std::string& expressions);
  // Adds the group on which the statement stands.
  void Add(SQLite::Statement* statement);

  SQLite::Database* database_;
  const Search& search_;
  const std::vector<std::string>& columns_;
  Groups* groups_;
};

void Grouper::Run() {
  if (columns_.empty()) (*groups_)[{}] += 0;
  if (const std::optional<CountedTable> table = FindTable()) {
    ReadBlocks(*table);
  } else {
    ReadRows(Runs(search_, /*descending=*/false, /*from_id=*/0));
  }
}

std::optional<CountedTable> Grouper::FindTable() const {
  for (const CountedTable& table : CountedTables()) {
    const bool counts = std::all_of(
        columns_.begin(), columns_.end(), [&](const std::string& column) {
          return FindColumn(table, column) != nullptr;
        });
    if (counts && search_.TakesAllOf(table.criterion)) return table;
  }
  return std::nullopt;
}

void Grouper::Add(SQLite::Statement* statement) {
  Row row;
  const int64_t records = TakeCount(statement, &row);
  int64_t& sum = (*groups_)[row];
  sum = Plus(sum, records);
}

void Grouper::ReadRows(Runs runs) {
  RowRequest request = {"id"};
  request.around = "SELECT count(*) FROM ({})";
  if (!columns_.empty()) {
    std::vector<std::string> selected;
    for (const std::string& column : columns_) {
      selected.push_back(
          fmt::format("{} AS {}", GroupColumnSql(column), column));
    }
    request.columns = fmt::format("{}", fmt::join(selected, ", "));
    request.around =
        fmt::format("SELECT {0}, count(*) FROM ({{}}) GROUP BY {0}",
                    fmt::join(columns_, ", "));
  }
  RowCursor rows(search_, request, std::move(runs));
  while (SQLite::Statement* row = rows.Next()) Add(row);
}

void Grouper::ReadBlocks(const CountedTable& table) {
  WholeBlocks wholes = StoreWholeBlocks(search_);
  ReadRows(Runs(std::move(wholes.rest)));
  AddWholes(table, wholes.condition);
  const bool all = search_.TakesAllOf("stream");
  if (table.criterion == "ret" && all && !columns_.empty()) {
    AddSuccesses(wholes.condition);
  }
}

void Grouper::AddWholes(const CountedTable& table,
                        const std::string& is_whole) {
  std::string expressions;
  for (const std::string& column : columns_) {
    expressions += FormatSql(FindColumn(table, column)) + ", ";
  }
  // A boot leaves out whole blocks; other values leave out parts of them.
  const bool chosen = !search_.TakesAllOf("stream");
  const std::string wanted =
      chosen ? fmt::format(" AND b.{0} IN temp.wanted_{0}", table.criterion)
             : "";
  const std::string group = table.criterion == "stream"
                                ? FormatSql("b.block / {kStreamBlocks}")
                                : "b." + std::string(table.criterion);
  SQLite::Statement statement(
      *database_,
      fmt::format("SELECT {}sum(b.records) FROM {} WHERE {}{} GROUP BY {}",
                  expressions, table.from, is_whole, wanted, group));
  while (statement.executeStep()) Add(&statement);
  if (std::find(columns_.begin(), columns_.end(), "kind") != columns_.end()) {
    MoveKernelThreads(expressions);
  }
}

void Grouper::AddSuccesses(const std::string& is_whole) {
  SQLite::Statement statement(
      *database_,
      fmt::format(
          "SELECT {0}, (SELECT ifnull(sum(records), 0) FROM blocks AS b "
          "WHERE {1}) - (SELECT ifnull(sum(records), 0) FROM errno_blocks AS b "
          "WHERE {1}) AS successes WHERE successes > 0",
          fmt::join(std::vector<const char*>(columns_.size(), "NULL"), ", "),
          is_whole));
  while (statement.executeStep()) Add(&statement);
}

void Grouper::MoveKernelThreads(const std::string& expressions) {
  const Criterion* kthread = FindCriterion("kthread");
  const bool chosen = !search_.TakesAllOf("stream");
  SQLite::Statement statement(
      *database_,
      FormatSql("SELECT {}-count(*) FROM temp.whole_blocks AS d "
                "CROSS JOIN pid_blocks AS t ON t.pid IN (0, 2) "
                "AND t.block = d.block CROSS JOIN json_each(t.calls) AS j "
                "CROSS JOIN records AS r "
                "ON r.id = d.block * {kBlockRecords} + j.value "
                "JOIN flag_sets AS v ON v.id = r.flag_set "
                "WHERE t.pid = tgid AND {}{} GROUP BY r.flag_set",
                expressions, kthread->row_condition,
                chosen ? " AND r.flag_set IN temp.wanted_flag_set" : ""));
  const auto at = static_cast<size_t>(
      std::find(columns_.begin(), columns_.end(), "kind") - columns_.begin());
  Row row;
  while (statement.executeStep()) {
    const int64_t taken = TakeCount(&statement, &row);
    const auto from = groups_->find(row);
    // The blocks of a forged database may not match its records.
    if (from == groups_->end()) continue;
    from->second = Plus(from->second, taken);
    if (from->second == 0) groups_->erase(from);
    row[at] = std::string("kthread");
    int64_t& kthreads = (*groups_)[row];
    kthreads = Minus(kthreads, taken);
  }
}

}  // namespace

void AddGroups(SQLite::Database* database, const Search& search,
               const std::vector<std::string>& columns, Groups* groups) {
  Grouper(database, search, columns, groups).Run();
}

}  // namespace forkdb
