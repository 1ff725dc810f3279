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
  forkdb query --follow --failed                      what fails from now on
  forkdb query --db web1.db --db web2.db -n 20       two hosts, by time
  forkdb query --cursor-file seen --format json       what is new since last time
  forkdb query --under 1000000000042                  all that came of this record
  forkdb query "username = 'alice' AND errno IS NOT NULL" --format json
  forkdb query --columns time,comm,child_pid --order 'time_ns DESC' -n 5
  forkdb query --sql 'SELECT comm, count(*) FROM forks GROUP BY comm')";

}  // namespace

void AddQueryCommand(CLI::App* app) {
  auto options = std::make_shared<QueryOptions>();
  CLI::App* command =
      app->add_subcommand("query", "Ask what was recorded; reads only");
  options->databases = {kDefaultDatabasePath};
  command
      ->add_option("--db", options->databases,
                   "Database file; of several, the host is told, too")
      ->envname("FORKDB_DB")
      ->allow_extra_args(false)
      ->default_str(kDefaultDatabasePath);
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
  CLI::Option* columns =
      command->add_option("--columns", options->columns,
                          "Columns to print: a,b,c or all [those that a "
                          "person reads; a narrow terminal: fewer]");
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
  CLI::Option* follow =
      command->add_flag("-f,--follow", options->follow,
                        "The newest 10, or -n, then new ones as they are "
                        "recorded, until interrupted");
  for (const char* name : {"--until", "--burst", "--order", "--reverse",
                           "--group-by", "--count", "--explain"}) {
    follow->excludes(command->get_option(name));
  }
  CLI::Option* print_sql = command->add_flag(
      "--print-sql", options->print_sql,
      "Print the SELECT statement that gives this answer, and do not run it");
  for (const char* name : {"--burst", "--cursor-file", "--after-cursor",
                           "--show-cursor", "--follow", "--explain"}) {
    print_sql->excludes(command->get_option(name));
  }
  CLI::Option* sql = command->add_option("--sql", options->sql,
                                         "A whole SELECT statement instead");
  for (CLI::Option* option : command->get_options()) {
    const std::string name = option->get_name();
    if (option != sql && name != "--db" && name != "--help")
      sql->excludes(option);
  }
  AddTimeoutOption(command, &options->timeout_ns);
  AddOutputOptions(command, &options->look);
  AddPagerOption(command, &options->look);
  command->footer(kExamples);
  command->callback([options] {
    // What comes is to be seen at once.
    if (options->follow) options->look.pages = false;
    options->output = Screen(options->look);
    options->follow ? FollowDatabases(*options) : AskDatabases(*options);
  });
}

}  // namespace forkdb
