#include "query/query_command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <memory>
#include <string>

#include "query/ask.h"
#include "query/cursor_command.h"
#include "query/filter_command.h"
#include "query/follow.h"
#include "query/search/burst.h"
#include "store/database.h"
#include "terminal/output_command.h"
#include "terminal/whole_number.h"

namespace forkdb {
namespace {

constexpr char kExamples[] = R"(Examples:
  forkdb query -n 20                                  the newest 20 calls
  forkdb query --since -1h --failed                   calls that failed in the last hour
  forkdb query --user alice --comm 'make*' --since yesterday
  forkdb query --flag NEWUSER --flag NEWNET           calls with both flags
  forkdb query --new-ns=user --since today            who created user namespaces
  forkdb query --kind vfork --kind fork --not-flag NEWPID
  forkdb query --count --failed --since today
  forkdb query --failed --since -1h --explain         with the usual causes
  forkdb query --group-by username,comm -n 10         who calls most
  forkdb query --group-by minute --failed             how failures went on
  forkdb query --burst 100/1s --group-by username,comm    who causes fork storms
  forkdb query --follow --failed                      failures as they happen
  forkdb query --db web1.db --db web2.db -n 20        two machines, by time
  forkdb query --cursor-file seen --format json       new since the last run
  forkdb query --under 1000000000042                  descendants of this record's child
  forkdb query "username = 'alice' AND errno IS NOT NULL" --format json
  forkdb query --columns time,comm,child_pid --order 'time_ns DESC' -n 5
  forkdb query --sql 'SELECT comm, count(*) FROM forks GROUP BY comm'
  forkdb query --list-boots                           what --boot can choose from)";

}  // namespace

void AddQueryCommand(CLI::App* app) {
  auto options = std::make_shared<QueryOptions>();
  CLI::App* command = app->add_subcommand("query", "Search the records");
  options->databases = {kDefaultDatabasePath};
  command
      ->add_option("--db", options->databases,
                   "Database to read. Repeat it to query several machines; "
                   "rows then start with the host.")
      ->type_name("FILE")
      ->envname("FORKDB_DB")
      ->allow_extra_args(false)
      ->default_str(kDefaultDatabasePath);
  AddFilterOptions(command, &options->filter);
  AddQuietOption(command, &options->look.quiet);
  command
      ->add_option_function<std::string>(
          "--burst",
          [options](const std::string& text) {
            options->burst = ParseBurst(text);
          },
          "Only fork storms: at least N matching calls within TIME, e.g. "
          "100/1s. With --group-by: N calls of one group.")
      ->type_name("N/TIME");
  AddCursorOptions(command, &options->cursor);
  CLI::Option* columns =
      command
          ->add_option("--columns", options->columns,
                       "Columns to print, e.g. time,comm,errno; or all. The "
                       "default is the first ten; on a narrow terminal, fewer.")
          ->type_name("COLUMNS");
  CLI::Option* order =
      command
          ->add_option("--order", options->shape.order,
                       "Sort by these columns, e.g. \"time_ns DESC, pid\".")
          ->type_name("COLUMNS");
  CLI::Option* limit =
      command
          ->add_option("-n,--limit", options->shape.limit,
                       "Print only the newest N records; with --order the "
                       "first N, with --group-by the largest N groups.")
          ->type_name("N")
          ->check(WholeNumber(0));
  CLI::Option* reverse =
      command->add_flag("-r,--reverse", options->shape.reverse,
                        "Reverse the order: newest first; with --group-by, "
                        "smallest first.");
  CLI::Option* group_by =
      command
          ->add_option("--group-by", options->group_by,
                       "Count the records by these columns, e.g. "
                       "username,comm. Also by second, minute, hour or day.")
          ->type_name("COLUMNS")
          ->excludes(columns)
          ->excludes(order);
  command
      ->add_flag("--count", options->count,
                 "Print only the number of matching records.")
      ->excludes(columns)
      ->excludes(order)
      ->excludes(limit)
      ->excludes(reverse)
      ->excludes(group_by);
  command->add_flag("--exit-code", options->exit_code,
                    "Exit with 1 if no record matches and with 2 on failure, "
                    "as grep does.");
  command->add_flag("--explain", options->explain,
                    "Print the usual causes of the errors shown to stderr.");
  CLI::Option* follow =
      command->add_flag("-f,--follow", options->follow,
                        "Print the newest 10 records (or -n N), then new "
                        "ones as they are recorded, until interrupted.");
  for (const char* name :
       {"--until", "--burst", "--order", "--reverse", "--group-by", "--count",
        "--explain", "--exit-code"}) {
    follow->excludes(command->get_option(name));
  }
  CLI::Option* print_sql = command->add_flag(
      "--print-sql", options->print_sql,
      "Print the SELECT statement for this query instead of running it.");
  for (const char* name :
       {"--burst", "--cursor-file", "--after-cursor", "--show-cursor",
        "--follow", "--explain", "--exit-code"}) {
    print_sql->excludes(command->get_option(name));
  }
  CLI::Option* list_boots = command->add_flag(
      "--list-boots", options->list_boots,
      "List the boots: number for --boot, times, records, missing records, and "
      "how long the recorder was stopped.");
  CLI::Option* sql = command
                         ->add_option("--sql", options->sql,
                                      "Run this SELECT statement instead of "
                                      "using filters.")
                         ->type_name("STATEMENT");
  sql->excludes(list_boots);
  for (CLI::Option* option : command->get_options()) {
    const std::string name = option->get_name();
    if (option == sql || option == list_boots || name == "--db" ||
        name == "--utc" || name == "--quiet" || name == "--help") {
      continue;
    }
    if (name != "--exit-code") sql->excludes(option);
    list_boots->excludes(option);
  }
  AddTimeoutOption(command, &options->timeout_ns);
  AddOutputOptions(command, &options->look);
  AddPagerOption(command, &options->look);
  command->footer(std::string(kFilterHelp) + kExamples);
  command->callback([options] {
    // What comes is to be seen at once.
    if (options->follow) options->look.pages = false;
    options->look.utc = options->filter.utc;
    options->output = Screen(options->look);
    options->follow ? FollowDatabases(*options) : AskDatabases(*options);
  });
}

}  // namespace forkdb
