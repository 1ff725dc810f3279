#include "query/filter_command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <string_view>
#include <vector>

#include "store/dimensions.h"
#include "terminal/output_command.h"
#include "terminal/whole_number.h"

namespace forkdb {

namespace {

// A command name may contain a comma.
constexpr char kNoDelimiter = '\0';

template <typename T>
void AddList(CLI::App* command, const char* name, const char* metavar,
             std::vector<T>* list, const char* help, char delimiter = ',') {
  command->add_option(name, *list, help)
      ->allow_extra_args(false)
      ->delimiter(delimiter)
      ->type_name(metavar);
}

// Options for the columns of the view that a dimension has.
void AddDimensionOptions(CLI::App* command, FilterOptions* options) {
  for (const Dimension& dimension : kDimensions) {
    for (const Dimension::ViewColumn& column : dimension.view_columns) {
      if (column.option == nullptr) continue;
      if (column.is_number) {
        AddList(command, column.option, column.metavar,
                &options->numbers[column.name], column.help);
        continue;
      }
      const bool is_comm = std::string_view(column.name) == "comm";
      const char delimiter = is_comm ? kNoDelimiter : ',';
      AddList(command, column.option, column.metavar,
              &options->texts[column.name], column.help, delimiter);
      if (column.not_option == nullptr) continue;
      AddList(command, column.not_option, column.metavar,
              &options->not_texts[column.name], column.not_help, delimiter);
    }
  }
}

}  // namespace

void AddFilterOptions(CLI::App* command, FilterOptions* options) {
  command
      ->add_option("condition", options->condition,
                   "SQL condition on the columns of the view forks.")
      ->type_name("");
  command
      ->add_option("--since", options->since,
                   "Only calls at TIME or later, e.g. yesterday, -1h or "
                   "\"2026-11-23 10:00\".")
      ->type_name("TIME");
  command
      ->add_option("--until", options->until, "Only calls at TIME or earlier.")
      ->type_name("TIME");
  AddUtcOption(command, &options->utc);
  AddDimensionOptions(command, options);
  CLI::Option* failed =
      command->add_flag("--failed", options->failed, "Only failed calls.");
  command->add_flag("--success", options->success, "Only calls that succeeded.")
      ->excludes(failed)
      ->excludes(command->get_option("--errno"));
  AddList(command, "--pid", "PID", &options->pids,
          "Only calls by process or thread PID.");
  AddList(command, "--tgid", "PID", &options->numbers["tgid"],
          "Only calls by process PID and its threads.");
  AddList(command, "--child", "PID", &options->numbers["child_pid"],
          "Only calls that created process or thread PID.");
  AddList(command, "--ppid", "PID", &options->numbers["ppid"],
          "Only calls by processes whose parent was PID.");
  AddList(command, "--flag", "FLAG", &options->flags,
          "Only calls with this clone flag, e.g. NEWUSER. Repeat it to "
          "require several.");
  AddList(command, "--not-flag", "FLAG", &options->not_flags,
          "Only calls without this clone flag.");
  CLI::Option* threads = command->add_flag("--threads", options->threads,
                                           "Only calls that created a thread. "
                                           "With --failed: that tried to.");
  command
      ->add_flag("--no-threads", options->no_threads,
                 "Only calls that created a process. With --failed: that tried "
                 "to.")
      ->excludes(threads);
  AddList(command, "--ns", "INODE", &options->namespaces,
          "Only calls whose caller or child is in this PID or user namespace. "
          "The kernel reuses these numbers.");
  command
      ->add_flag("--new-ns", options->new_namespace,
                 "Only calls that created a namespace (of TYPE, e.g. user). "
                 "With --failed: that tried to. unshare(2) and setns(2) are "
                 "not among the calls recorded: see --changed-ns.")
      ->option_text("[=TYPE]");
  command->add_flag(
      "--changed-ns", options->changed_namespaces,
      "Only calls by processes that are in another user namespace than they "
      "were created in, or whose children get another PID namespace: after "
      "unshare(2) or setns(2).");
  CLI::Option* under =
      command
          ->add_option("--under", options->under,
                       "Only calls by PROCESS and its descendants. PROCESS is "
                       "a pid (the newest process that had it, between "
                       "--since and --until if given) or the id of the record "
                       "that created it.")
          ->type_name("PROCESS")
          ->check(WholeNumber(1));
  command
      ->add_option("--at", options->at,
                   "With --under: take the process that had the pid at TIME.")
      ->type_name("TIME")
      ->needs(under);
  command
      ->add_option("--boot", options->boot,
                   "Only calls of one boot: 0 is the latest, -1 the one "
                   "before; or a boot id.")
      ->type_name("BOOT");
}

}  // namespace forkdb
