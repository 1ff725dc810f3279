#include "query/filter_command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

#include "store/time.h"

namespace forkdb {

void AddFilterOptions(CLI::App* command, FilterOptions* options) {
  Filter& filter = options->filter;
  command->add_option("condition", filter.condition,
                      "SQL condition over the columns of the view forks");
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

Filter ReadFilter(const FilterOptions& options, int64_t now_ns) {
  Filter filter = options.filter;
  if (options.since) filter.since_ns = ParseTime(*options.since, now_ns);
  if (options.until) filter.until_ns = ParseTime(*options.until, now_ns);
  return filter;
}

}  // namespace forkdb
