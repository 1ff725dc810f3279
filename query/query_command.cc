#include "query/query_command.h"

#include <fmt/core.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "query/burst.h"
#include "query/cursor_command.h"
#include "query/explain.h"
#include "query/filter.h"
#include "query/filter_command.h"
#include "query/group_printer.h"
#include "query/groups.h"
#include "query/missing.h"
#include "query/reader.h"
#include "store/database.h"
#include "store/output.h"
#include "store/output_command.h"
#include "store/time.h"

namespace forkdb {
namespace {

constexpr char kExamples[] = R"(Examples:
  forkdb query -n 20                                  the newest 20
  forkdb query --since -1h --failed                   what failed in the last hour
  forkdb query --user alice --comm 'make*' --since yesterday
  forkdb query --flag NEWUSER --flag NEWNET           both namespaces at once
  forkdb query --new-ns=user --since today            who made user namespaces
  forkdb query --kind vfork --kind fork --not-flag NEWPID
  forkdb query --count --failed --since today
  forkdb query --failed --since -1h --explain         what to do about it
  forkdb query --group-by username,comm -n 10         who calls most
  forkdb query --burst 100/1s --group-by username,comm    whose fork storms
  forkdb query --cursor-file seen --format json       what is new since last time
  forkdb query --under 1000000000042                  all that came of this record
  forkdb query "username = 'alice' AND errno IS NOT NULL" --format json
  forkdb query --columns time,comm,child_pid --order 'time_ns DESC' -n 5
  forkdb query --sql 'SELECT comm, count(*) FROM forks GROUP BY comm')";

struct QueryOptions {
  bool explain = false;
  std::string db = kDefaultDatabasePath;
  std::optional<std::string> sql;
  FilterOptions filter;
  std::optional<std::string> columns;
  Shape shape;
  std::optional<Burst> burst;
  CursorOptions cursor;
  bool count = false;
  std::optional<std::string> group_by;
  Output output;
};

void PrintCounts(const QueryOptions& options, const Filter& filter,
                 Reader* reader) {
  std::vector<std::string> columns;
  if (options.group_by) columns = ParseColumns(*options.group_by);
  Groups groups;
  reader->AddGroups(filter, columns, &groups);
  PrintGroups(groups, columns, options.shape, options.output);
}

// Of a time, or of all: the newest few rows are asked for as they are.
void WarnOfGaps(const Filter& filter, const Shape& shape, Reader* reader) {
  if (shape.limit && !filter.since_ns && !filter.until_ns) return;
  const Missing missing = reader->FindMissing(filter);
  if (missing.gaps == 0) return;
  fmt::print(stderr, "forkdb: {}: there may have been more than this\n",
             Describe(missing));
}

void WarnOfLosses(const News& news) {
  if (news.pruned > 0) {
    fmt::print(stderr,
               "forkdb: up to {} records after the cursor were pruned: they "
               "are not shown\n",
               news.pruned);
  }
  if (news.missing > 0) {
    fmt::print(stderr,
               "forkdb: {} records after the cursor are missing: there may "
               "have been more than this\n",
               news.missing);
  }
}

// Of the errors among the records that the filter asks for, however many of
// these were printed.
void Explain(const Filter& filter, Reader* reader) {
  Filter failures = filter;
  failures.failed = true;
  Groups groups;
  reader->AddGroups(failures, {"errno"}, &groups);
  for (const Row& row : LargestGroups(groups, std::nullopt)) {
    const auto* const name = std::get_if<std::string>(&row.front());
    const int64_t calls = std::get<int64_t>(row.back());
    if (name == nullptr || calls == 0) continue;
    fmt::print(stderr, "{}", ExplainErrno(*name, calls));
  }
}

void RunQuery(const QueryOptions& options) {
  Filter filter = ReadFilter(options.filter, RealtimeNow());
  Shape shape = options.shape;
  if (options.columns) {
    shape.columns = ParseColumns(*options.columns);
  } else if (options.output.format == Format::kTable) {
    shape.columns = PeopleColumns();
  } else {
    shape.columns = ViewColumns();
  }
  CursorKeeper cursor(options.cursor);
  Reader reader(options.db);
  if (options.filter.boot) filter.boot = reader.FindBoot(*options.filter.boot);
  if (options.filter.under) {
    reader.SetUnder(*options.filter.under, &filter);
  }
  if (options.sql) {
    reader.PrintSql(*options.sql, options.output);
    return;
  }
  std::optional<News> news;
  if (cursor.begin() || cursor.wanted()) {
    news = reader.FindNews(cursor.begin().value_or(Cursor()));
  }
  if (cursor.begin()) filter.ranges = news->ranges;
  if (options.burst) reader.SetBurst(*options.burst, &filter);
  if (options.count || options.group_by) {
    PrintCounts(options, filter, &reader);
  } else if (reader.Print(filter, shape, options.output) == 0 &&
             shape.limit.value_or(1) > 0 && !cursor.begin()) {
    fmt::print(stderr, "forkdb: no record matches: {}\n",
               reader.DescribeCoverage());
  }
  if (cursor.begin()) {
    WarnOfLosses(*news);
  } else {
    WarnOfGaps(filter, shape, &reader);
  }
  if (options.explain) Explain(filter, &reader);
  if (news) cursor.Keep(news->cursor);
}

}  // namespace

void AddQueryCommand(CLI::App* app) {
  auto options = std::make_shared<QueryOptions>();
  CLI::App* command =
      app->add_subcommand("query", "Ask what was recorded; reads only");
  command->add_option("--db", options->db, "Database file")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  AddFilterOptions(command, &options->filter);
  command
      ->add_option_function<std::string>(
          "--burst",
          [options](const std::string& text) {
            options->burst = ParseBurst(text);
          },
          "Only fork storms: at least N of the asked records in that time: "
          "100/1s")
      ->option_text("N/SECONDS");
  AddCursorOptions(command, &options->cursor);
  CLI::Option* columns = command->add_option("--columns", options->columns,
                                             "Columns to print: a,b,c or all");
  CLI::Option* order =
      command->add_option("--order", options->shape.order,
                          "Order by columns: \"time_ns DESC, pid\"");
  CLI::Option* limit =
      command
          ->add_option("-n,--limit", options->shape.limit,
                       "Only the newest N, the first N of --order, or the "
                       "largest N of --group-by")
          ->check(CLI::NonNegativeNumber);
  CLI::Option* reverse =
      command->add_flag("-r,--reverse", options->shape.reverse,
                        "Newest first; with --group-by, smallest first");
  CLI::Option* group_by =
      command
          ->add_option("--group-by", options->group_by,
                       "Only how many there are by columns: username,comm")
          ->excludes(columns)
          ->excludes(order);
  command->add_flag("--count", options->count, "Only how many there are")
      ->excludes(columns)
      ->excludes(order)
      ->excludes(limit)
      ->excludes(reverse)
      ->excludes(group_by);
  command->add_flag("--explain", options->explain,
                    "Then tell, on stderr, what causes the errors among them");
  CLI::Option* sql = command->add_option("--sql", options->sql,
                                         "A whole SELECT statement instead");
  for (CLI::Option* option : command->get_options()) {
    const std::string name = option->get_name();
    if (option != sql && name != "--db" && name != "--help")
      sql->excludes(option);
  }
  AddOutputOptions(command, &options->output);
  command->footer(kExamples);
  command->callback([options] { RunQuery(*options); });
}

}  // namespace forkdb
