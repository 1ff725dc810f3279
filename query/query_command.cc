#include "query/query_command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "query/filter.h"
#include "query/reader.h"
#include "store/database.h"
#include "store/output.h"
#include "store/time.h"

namespace forkdb {
namespace {

constexpr char kExamples[] = R"(Examples:
  forkdb query -n 20                                  the newest 20
  forkdb query --since -1h --failed                   what failed in the last hour
  forkdb query --user alice --comm 'make*' --since yesterday
  forkdb query --flag NEWUSER --flag NEWNET           both namespaces at once
  forkdb query "username = 'alice' AND errno IS NOT NULL" --format json
  forkdb query --columns time,comm,child_pid --order 'time_ns DESC' -n 5
  forkdb query --sql 'SELECT comm, count(*) FROM forks GROUP BY comm')";

struct QueryOptions {
  std::string db = kDefaultDatabasePath;
  std::optional<std::string> sql;
  Filter filter;
  std::optional<std::string> since;
  std::optional<std::string> until;
  std::optional<std::string> boot;
  std::optional<std::string> columns;
  Shape shape;
  Format format = Format::kTable;
};

void RunQuery(const QueryOptions& options) {
  Filter filter = options.filter;
  Shape shape = options.shape;
  const int64_t now_ns = RealtimeNow();
  if (options.since) filter.since_ns = ParseTime(*options.since, now_ns);
  if (options.until) filter.until_ns = ParseTime(*options.until, now_ns);
  if (options.columns) {
    shape.columns = ParseColumns(*options.columns);
  } else if (options.format == Format::kTable) {
    shape.columns = PeopleColumns();
  } else {
    shape.columns = ViewColumns();
  }
  Reader reader(options.db);
  if (options.boot) filter.boot = reader.FindBoot(*options.boot);
  if (options.sql) {
    reader.PrintSql(*options.sql, options.format, stdout);
  } else {
    reader.Print(filter, shape, options.format, stdout);
  }
}

void AddFilterOptions(CLI::App* command, QueryOptions* options) {
  Filter& filter = options->filter;
  command->add_option(
      "--since", options->since,
      "At this time or later: \"2026-11-23 10:00\", yesterday, -1h");
  command->add_option("--until", options->until, "At this time or earlier");
  command->add_option("--user", filter.users, "User name")
      ->allow_extra_args(false);
  command->add_option("--uid", filter.uids, "User id")->allow_extra_args(false);
  command->add_option("--pid", filter.pids, "Caller's process or thread id")
      ->allow_extra_args(false);
  command->add_option("--child", filter.children, "Child's pid")
      ->allow_extra_args(false);
  command->add_option("--comm", filter.comms, "Caller's command; * and ? match")
      ->allow_extra_args(false);
  command->add_option("--flag", filter.flags, "Clone flag; all of several")
      ->allow_extra_args(false);
  command->add_option("--errno", filter.errnos, "Error name, such as EAGAIN")
      ->allow_extra_args(false);
  command->add_flag("--failed", filter.failed, "Failed calls only");
  command->add_option(
      "--boot", options->boot,
      "0 for the latest boot, -1 for the one before, or a boot id");
}

}  // namespace

void AddQueryCommand(CLI::App* app) {
  auto options = std::make_shared<QueryOptions>();
  CLI::App* command =
      app->add_subcommand("query", "Ask what was recorded; reads only");
  command->add_option("condition", options->filter.condition,
                      "SQL condition over the columns of the view forks");
  command->add_option("--db", options->db, "Database file")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  AddFilterOptions(command, options.get());
  command->add_option("--columns", options->columns,
                      "Columns to print: a,b,c or all");
  command->add_option("--order", options->shape.order,
                      "Order by columns: \"time_ns DESC, pid\"");
  command
      ->add_option("-n,--limit", options->shape.limit,
                   "Only the newest N, or the first N of --order")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("-r,--reverse", options->shape.reverse, "Newest first");
  CLI::Option* sql = command->add_option("--sql", options->sql,
                                         "A whole SELECT statement instead");
  for (CLI::Option* option : command->get_options()) {
    const std::string name = option->get_name();
    if (option != sql && name != "--db" && name != "--help")
      sql->excludes(option);
  }
  command
      ->add_option_function<std::string>(
          "--format",
          [options](const std::string& name) {
            options->format = ParseFormat(name);
          },
          "table, json, csv or tsv")
      ->default_str("table");
  command->footer(kExamples);
  command->callback([options] { RunQuery(*options); });
}

}  // namespace forkdb
