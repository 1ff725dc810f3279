#include "query/filter_command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

namespace forkdb {

void AddFilterOptions(CLI::App* command, FilterOptions* options) {
  Filter& filter = options->filter;
  command->add_option("condition", filter.condition,
                      "SQL condition over the columns of the view forks");
  command->add_option(
      "--since", options->since,
      "At this time or later: \"2026-11-23 10:00\", yesterday, -1h");
  command->add_option("--until", options->until, "At this time or earlier");
  command->add_flag("--utc", options->utc,
                    "Take --since and --until for UTC, as the answers are, "
                    "not for local time");
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
  command
      ->add_option("--not-flag", filter.not_flags,
                   "Clone flag that is not set; none of several")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--kind", filter.kinds,
          "fork, vfork, thread, process, namespace or kthread; any of several")
      ->allow_extra_args(false);
  CLI::Option* threads =
      command->add_flag("--threads", options->threads, "New threads only");
  command->add_flag("--no-threads", options->no_threads, "No new threads")
      ->excludes(threads);
  command
      ->add_option("--ns", filter.namespaces,
                   "Caller's or child's pid or user namespace, by inode")
      ->allow_extra_args(false);
  command
      ->add_flag("--new-ns", options->new_namespace,
                 "Calls that made a namespace, of any type or of one: "
                 "--new-ns=user; with --failed, that failed to")
      ->option_text("[=TYPE]");
  command->add_option("--errno", filter.errnos, "Error name, such as EAGAIN")
      ->allow_extra_args(false);
  command
      ->add_option("--under", options->under,
                   "Only what descends from a process: its pid (the newest "
                   "that had it) or the id of the record that made it")
      ->check(CLI::PositiveNumber);
  command->add_flag("--failed", filter.failed, "Failed calls only");
  command->add_option(
      "--boot", options->boot,
      "0 for the latest boot, -1 for the one before, or a boot id");
}

}  // namespace forkdb
