#include "query/ask.h"

#include <fmt/core.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/saturate.h"
#include "query/answer.h"
#include "query/count/groups.h"
#include "query/database/databases.h"
#include "query/print/boots_printer.h"
#include "query/print/explain.h"
#include "query/print/group_printer.h"
#include "query/search/plain_sql.h"
#include "terminal/row_printer.h"
#include "terminal/tell.h"

namespace forkdb {
namespace {

void CheckSeveral(const QueryOptions& options) {
  if (options.databases.size() < 2) return;
  const char* const single = options.sql          ? "--sql"
                             : options.print_sql  ? "--print-sql"
                             : options.list_boots ? "--list-boots"
                                                  : nullptr;
  if (single != nullptr) {
    throw UsageError(
        fmt::format("{} reads one database: give one --db", single));
  }
  if (!options.shape.order.empty()) {
    throw UsageError(
        "--order works with one --db only: rows of several databases are "
        "sorted by time");
  }
}

// None for --count.
std::vector<std::string> CountedColumns(const QueryOptions& options) {
  if (!options.group_by) return {};
  return ParseGroupColumns(*options.group_by);
}

// Returns how many records were counted.
int64_t PrintCounts(const QueryOptions& options, Databases* databases) {
  const std::vector<std::string> columns = CountedColumns(options);
  Groups groups;
  if (options.burst && options.group_by) {
    databases->AddBurstGroups(*options.burst, columns, &groups);
  } else {
    databases->AddGroups(columns, &groups);
  }
  PrintGroups(groups, columns, options.shape, options.output);
  int64_t records = 0;
  for (const auto& group : groups) records = Plus(records, group.second);
  return records;
}

// Prints rows without their last cell, the errno, and counts the errnos.
class ErrnoCounter : public RowPrinter {
 public:
  ErrnoCounter(std::unique_ptr<RowPrinter> printer, Groups* errnos)
      : printer_(std::move(printer)), errnos_(errnos) {}

  void Print(const Row& row) override {
    ++(*errnos_)[Row{row.back()}];
    shown_.assign(row.begin(), row.end() - 1);
    printer_->Print(shown_);
  }
  void Finish() override { printer_->Finish(); }

 private:
  std::unique_ptr<RowPrinter> printer_;
  Groups* errnos_;
  Row shown_;
};

void PrintPlainSql(const QueryOptions& options, Databases* databases) {
  const Filter& filter = databases->first_filter();
  const bool groups = options.count || options.group_by;
  const std::vector<std::string> columns = CountedColumns(options);
  fmt::print(options.output.stream, "{};\n",
             groups ? PlainGroupSql(filter, columns, options.shape)
                    : PlainSql(filter, ChooseShape(options),
                               databases->first().HasSeveralStreams()));
  Flush(options.output);
}

// Adds the errnos of the rows, if they are to be explained.
int64_t PrintRows(const QueryOptions& options, bool oldest,
                  Databases* databases, Groups* errnos) {
  Shape shape = ChooseShape(options);
  shape.oldest = oldest;
  std::unique_ptr<RowPrinter> printer =
      NewRowPrinter(options.output, databases->Columns(shape));
  if (options.explain) {
    shape.columns.emplace_back("errno");
    printer = std::make_unique<ErrnoCounter>(std::move(printer), errnos);
  }
  int64_t rows = 0;
  PrintAll(printer.get(),
           [&] { rows = databases->Print(shape, printer.get()); });
  return rows;
}

// The errnos of the records that were counted.
void AddErrnos(const QueryOptions& options, Databases* databases,
               Groups* errnos) {
  if (options.burst && options.group_by) databases->KeepBursts(*options.burst);
  databases->KeepFailures();
  databases->AddGroups({"errno"}, errnos);
}

void Explain(const Groups& errnos) {
  for (const Row& row : LargestGroups(errnos, std::nullopt)) {
    const auto* const name = std::get_if<std::string>(&row.front());
    const int64_t calls = std::get<int64_t>(row.back());
    if (name == nullptr || calls == 0) continue;
    TellLines(ExplainErrno(*name, calls));
  }
}

}  // namespace

Shape ChooseShape(const QueryOptions& options) {
  Shape shape = options.shape;
  if (options.columns) {
    shape.columns = ParseColumns(*options.columns);
  } else if (options.output.format == Format::kTable) {
    shape.columns = PeopleColumns(options.output.width);
  } else {
    shape.columns = ViewColumns();
  }
  return shape;
}

namespace {

// Returns whether there was a row.
bool AnswerSql(const QueryOptions& options, Databases* databases) {
  int64_t rows = 0;
  const bool seen = Present(options.output, [&] {
    rows = databases->first().PrintSql(*options.sql, options.output);
  });
  return !seen || rows > 0;
}

// Whether the answer is the oldest records, and the next one goes on behind
// them. Throws UsageError for an order in which it could not.
bool IsInParts(const QueryOptions& options, const CursorKeeper& cursor) {
  if (!cursor.goes_on() || options.count || options.group_by ||
      options.shape.limit.value_or(0) == 0) {
    return false;
  }
  if (options.shape.reverse || !options.shape.order.empty()) {
    throw UsageError(
        fmt::format("{} with -n and a cursor would skip records: leave it out",
                    options.shape.reverse ? "--reverse" : "--order"));
  }
  return true;
}

// Of what the answer may lack.
void WarnOfLack(const QueryOptions& options, bool has_cursor, bool found,
                const NewRecords& news, Databases* databases) {
  if (has_cursor) {
    WarnOfLosses(news, options.output.notes());
    return;
  }
  const auto& limit = options.shape.limit;
  if (!found && limit.value_or(1) > 0) {
    if (!options.count && !options.group_by) databases->TellCoverage();
    databases->TellWhatIsNotRecorded();
  }
  // Gaps matter only if the query covers a time range or the whole history.
  const bool is_newest =
      limit && !options.filter.since && !options.filter.until;
  if (!is_newest) databases->WarnOfGaps();
}

// Returns whether a record matched.
bool AnswerFilter(const QueryOptions& options, CursorKeeper* cursor,
                  Databases* databases) {
  NewRecords news;
  if (cursor->begin()) {
    news = databases->KeepNewRecords(*cursor->begin());
  } else if (cursor->wanted()) {
    news = databases->FindNewRecords(Cursor());
  }
  const bool counts = options.count || options.group_by;
  const bool in_parts = IsInParts(options, *cursor);
  std::optional<int64_t> records;
  Groups errnos;
  const bool seen = Present(options.output, [&] {
    if (options.burst && !options.group_by) {
      databases->KeepBursts(*options.burst);
    }
    records = counts ? PrintCounts(options, databases)
                     : PrintRows(options, in_parts, databases, &errnos);
  });
  WarnOfLack(options, cursor->begin().has_value(), records != 0, news,
             databases);
  if (options.explain) {
    if (counts) AddErrnos(options, databases, &errnos);
    Explain(errnos);
  }
  const bool found = !seen || records != 0;
  if (!cursor->wanted() || !seen) return found;
  const bool is_part = in_parts && records == options.shape.limit;
  cursor->Keep(is_part ? databases->CursorAfterPrinted(
                             cursor->begin().value_or(Cursor()))
                       : news.cursor);
  return found;
}

}  // namespace

void AskDatabases(const QueryOptions& asked) {
  QueryOptions options = asked;
  CheckSeveral(options);
  CursorKeeper cursor(options.cursor);
  bool found = true;
  Answer(
      {options.databases, options.filter, options.timeout_ns}, &options.output,
      [&] { cursor.Discard(); },
      [&](Databases* databases, int64_t) {
        if (options.sql) {
          found = AnswerSql(options, databases);
        } else if (options.list_boots) {
          Present(options.output, [&] {
            PrintBoots(databases->first().ReadBoots(), options.output);
          });
        } else if (options.print_sql) {
          PrintPlainSql(options, databases);
        } else {
          found = AnswerFilter(options, &cursor, databases);
        }
      });
  if (options.exit_code && !found) throw NothingFound();
}

}  // namespace forkdb
