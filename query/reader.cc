#include "query/reader.h"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <charconv>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "query/alive.h"
#include "query/coverage.h"
#include "query/window.h"
#include "store/database.h"
#include "store/error.h"
#include "store/record.h"
#include "store/row_printer.h"
#include "store/sql.h"

namespace forkdb {
namespace {

// Rows, for LIMIT.
constexpr int64_t kAll = -1;

std::string Columns(const Shape& shape) {
  return fmt::format("{}", fmt::join(shape.columns, ", "));
}

// Steps through an answer. SQLITE_ERROR is the SQL's fault: an overflow, a
// malformed pattern.
template <typename Call>
void Ask(const std::string& path, const Call& call) {
  try {
    call();
  } catch (const SQLite::Exception& e) {
    if (e.getErrorCode() == SQLITE_ERROR) {
      throw UsageError(fmt::format("SQL: {}", e.what()));
    }
    throw DatabaseError(path, e);
  }
}

// Calls take with each row of a statement that it binds, then resets.
template <typename Take>
void Step(const Row& values, SQLite::Statement* statement, const Take& take) {
  BindAll(values, statement);
  while (statement->executeStep()) take();
  statement->reset();
}

SQLite::Statement Compile(SQLite::Database* database, const Question& question,
                          const std::string& condition) {
  return CompileReadOnly(database, question.sql,
                         static_cast<int>(question.values.size()), condition);
}

SQLite::Statement CompileRows(SQLite::Database* database, const Search& search,
                              const std::string& columns, bool descending) {
  return Compile(
      database,
      {search.RowsSql(columns, descending), search.RowsValues(0, 0, 0)},
      search.condition());
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

int64_t Reader::FindKnown(int64_t process, const std::optional<int64_t>& boot) {
  if (process > kSeqLimit) return process;
  Filter filter;
  filter.children = {process};
  filter.boot = boot;
  filter.condition = "kind <> 'thread'";
  int64_t id = 0;
  Ask(path_, [&] {
    id = NewerAlive(process, boot, FindNewest(Search(&database_, filter), 1),
                    &database_);
  });
  return id;
}

int64_t Reader::FindProcess(int64_t process,
                            const std::optional<int64_t>& boot) {
  const int64_t id = FindKnown(process, boot);
  if (id != 0) return id;
  throw UsageError(
      fmt::format("process {0}: no record made it, and it was not alive when "
                  "recording began: see what came of it with "
                  "forkdb query --under {0}; {1}",
                  process, DescribeCoverage()));
}

void Reader::SetUnder(int64_t process, Filter* filter) {
  if (const int64_t id = FindKnown(process, filter->boot); id != 0) {
    filter->under = id;
    return;
  }
  Filter calls;
  calls.pids = {process};
  calls.boot = filter->boot;
  Ask(path_, [&] {
    const int64_t id = FindNewest(Search(&database_, calls), 1);
    SQLite::Statement find(database_,
                           "SELECT caller_id FROM records WHERE id = ?");
    find.bind(1, id);
    if (!find.executeStep()) {
      throw UsageError(fmt::format(
          "process {}: no record made it, and it made no call: name one that "
          "forkdb query --child or --pid finds",
          process));
    }
    // The record that it names may be pruned: the number still holds.
    if (find.isColumnNull(0)) {
      filter->under_caller = id;
    } else {
      filter->under = find.getColumn(0).getInt64();
    }
  });
}

void Reader::SetBurst(const Burst& burst, Filter* filter) {
  Ask(path_, [&] {
    filter->ranges = FindBursts(&database_, Search(&database_, *filter), burst);
  });
}

News Reader::FindNews(const Cursor& cursor) {
  News news;
  Ask(path_, [&] { news = forkdb::FindNews(cursor, &database_); });
  return news;
}

int64_t Reader::Print(const Filter& filter, const Shape& shape,
                      const Output& output) {
  std::optional<Search> search;
  Ask(path_, [&] { search.emplace(&database_, filter); });
  if (shape.order.empty()) {
    return PrintRuns(*search, shape, output);
  }
  return PrintQuestion(
      search->Ordered(Columns(shape), ParseOrder(shape.order, shape.reverse),
                      shape.limit.value_or(kAll)),
      search->condition(), output);
}

void Reader::AddGroups(const Filter& filter,
                       const std::vector<std::string>& columns,
                       Groups* groups) {
  Ask(path_, [&] {
    const Search search(&database_, filter);
    forkdb::AddGroups(&database_, search, columns, groups);
  });
}

Missing Reader::FindMissing(const Filter& filter) {
  Filter all;
  all.boot = filter.boot;
  Missing missing;
  Ask(path_, [&] {
    Window window = ChooseWindow(all, /*now_ns=*/0, &database_);
    window.since_ns = filter.since_ns.value_or(window.since_ns);
    window.until_ns = filter.until_ns.value_or(window.until_ns);
    missing = forkdb::FindMissing(window, filter.boot, &database_);
  });
  return missing;
}

void Reader::PrintSql(const std::string& sql, const Output& output) {
  PrintQuestion({sql, {}}, "", output);
}

std::string Reader::DescribeCoverage() {
  std::string text;
  Ask(path_, [&] { text = Describe(ReadCoverage(&database_)); });
  return text;
}

Stats Reader::ReadStats(const StatsOptions& options, int64_t now_ns) {
  Stats stats;
  Ask(path_, [&] { stats = forkdb::ReadStats(options, now_ns, &database_); });
  return stats;
}

Report Reader::ReadReport(const ReportOptions& options, int64_t now_ns) {
  Report report;
  Ask(path_, [&] { report = forkdb::ReadReport(options, now_ns, &database_); });
  return report;
}

void Reader::ReadTree(const TreeOptions& options,
                      const std::function<void(const TreeNode&)>& take) {
  Ask(path_, [&] { forkdb::ReadTree(options, &database_, take); });
}

int64_t Reader::PrintQuestion(const Question& question,
                              const std::string& condition,
                              const Output& output) {
  SQLite::Statement statement = Compile(&database_, question, condition);
  const std::unique_ptr<RowPrinter> printer =
      NewRowPrinter(output, ColumnNames(statement));
  Row row;
  int64_t rows = 0;
  Ask(path_, [&] {
    Step(question.values, &statement, [&] {
      ReadRow(&statement, &row);
      printer->Print(row);
      ++rows;
    });
  });
  printer->Finish();
  return rows;
}

int64_t Reader::PrintRuns(const Search& search, const Shape& shape,
                          const Output& output) {
  int64_t rows = 0;
  int64_t left = shape.limit.value_or(kAll);
  int64_t from_id = 0;
  if (left > 0 && !shape.reverse) from_id = FindNewest(search, left);
  SQLite::Statement statement =
      CompileRows(&database_, search, Columns(shape), shape.reverse);
  const std::unique_ptr<RowPrinter> printer =
      NewRowPrinter(output, ColumnNames(statement));
  Row row;
  const auto print_run = [&](int64_t first_id, int64_t last_id) {
    Step(search.RowsValues(first_id, last_id, left), &statement, [&] {
      ReadRow(&statement, &row);
      printer->Print(row);
      ++rows;
      if (left != kAll) --left;
    });
    return left != 0;
  };
  if (left != 0) {
    Ask(path_, [&] { search.ForEachRun(shape.reverse, from_id, print_run); });
  }
  printer->Finish();
  return rows;
}

int64_t Reader::FindNewest(const Search& search, int64_t rows) {
  SQLite::Statement statement =
      CompileRows(&database_, search, "id", /*descending=*/true);
  int64_t id = 0;
  const auto count_run = [&](int64_t first_id, int64_t last_id) {
    Step(search.RowsValues(first_id, last_id, rows), &statement, [&] {
      id = statement.getColumn(0).getInt64();
      --rows;
    });
    return rows != 0;
  };
  Ask(path_, [&] {
    search.ForEachRun(/*descending=*/true, /*from_id=*/0, count_run);
  });
  return id;
}

}  // namespace forkdb
