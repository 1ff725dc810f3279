#include "query/filter_command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <vector>

#include "store/dimensions.h"

namespace forkdb {

namespace {

template <typename T>
void AddList(CLI::App* command, const char* name, std::vector<T>* list,
             const char* help) {
  command->add_option(name, *list, help)->allow_extra_args(false);
}

// Options for the columns of the view that a dimension has.
void AddDimensionOptions(CLI::App* command, FilterOptions* options) {
  for (const Dimension& dimension : kDimensions) {
    for (const Dimension::ViewColumn& column : dimension.view_columns) {
      if (column.option == nullptr) continue;
      if (column.is_number) {
        AddList(command, column.option, &options->numbers[column.name],
                column.help);
      } else {
        AddList(command, column.option, &options->texts[column.name],
                column.help);
      }
    }
  }
}

}  // namespace

void AddFilterOptions(CLI::App* command, FilterOptions* options) {
  command->add_option("condition", options->condition,
                      "SQL condition over the columns of the view forks");
  command->add_option(
      "--since", options->since,
      "At this time or later: \"2026-11-23 10:00\", yesterday, -1h");
  command->add_option("--until", options->until, "At this time or earlier");
  command->add_flag("--utc", options->utc,
                    "Take --since and --until for UTC, as the answers are, "
                    "not for local time");
  AddDimensionOptions(command, options);
  command->add_flag("--failed", options->failed, "Failed calls only");
  AddList(command, "--pid", &options->pids, "Caller's process or thread id");
  AddList(command, "--child", &options->numbers["child_pid"], "Child's pid");
  AddList(command, "--ppid", &options->numbers["ppid"],
          "Pid of the caller's parent");
  AddList(command, "--flag", &options->flags, "Clone flag; all of several");
  AddList(command, "--not-flag", &options->not_flags,
          "Clone flag that is not set; none of several");
  CLI::Option* threads =
      command->add_flag("--threads", options->threads, "New threads only");
  command->add_flag("--no-threads", options->no_threads, "No new threads")
      ->excludes(threads);
  AddList(command, "--ns", &options->namespaces,
          "Caller's or child's pid or user namespace, by inode");
  command
      ->add_flag("--new-ns", options->new_namespace,
                 "Calls that made a namespace, of any type or of one: "
                 "--new-ns=user; with --failed, that failed to")
      ->option_text("[=TYPE]");
  command
      ->add_option("--under", options->under,
                   "Only what descends from a process: its pid (the newest "
                   "that had it) or the id of the record that made it")
      ->check(CLI::PositiveNumber);
  command->add_option(
      "--boot", options->boot,
      "0 for the latest boot, -1 for the one before, or a boot id");
}

}  // namespace forkdb
