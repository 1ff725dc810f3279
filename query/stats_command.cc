#include "query/stats_command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "query/answer.h"
#include "query/count/stats.h"
#include "query/database/databases.h"
#include "query/filter_command.h"
#include "query/print/stats_printer.h"
#include "store/database.h"
#include "terminal/output_command.h"
#include "terminal/tell.h"
#include "terminal/whole_number.h"

namespace forkdb {
namespace {

constexpr char kExamples[] = R"(Examples:
  forkdb stats                                  all records
  forkdb stats --since -1h                      the last hour
  forkdb stats --since -1h --compare            compared with the hour before
  forkdb stats --user root --failed --top 3     what failed for root
  forkdb stats --since yesterday --until today --format json)";

struct Options {
  std::optional<int64_t> timeout_ns;
  std::string db = kDefaultDatabasePath;
  FilterOptions filter;
  StatsOptions stats;
  bool deep = false;
  OutputOptions output;
};

void RunStats(const Options& options) {
  OutputOptions look = options.output;
  look.utc = options.filter.utc;
  Output output = Screen(look);
  StatsOptions question = options.stats;
  if (options.deep) {
    question.most_rows = std::numeric_limits<int64_t>::max();
  }
  Answer({{options.db}, options.filter, options.timeout_ns}, &output, nullptr,
         [&](Databases* databases, int64_t now_ns) {
           question.filter = databases->first_filter();
           const Stats stats = databases->first().ReadStats(question, now_ns);
           Present(output, [&] { PrintStats(stats, output); });
           if (stats.records == 0) {
             databases->TellCoverage();
             databases->TellWhatIsNotRecorded();
           }
           Warn(stats.missing, "", "the counts may be too low", output.notes());
           if (!stats.has_rows) {
             output.notes().Tell(
                 "callers and busiest seconds are left out of a long history: "
                 "add --deep to read every record");
           }
         });
}

}  // namespace

void AddStatsCommand(CLI::App* app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "stats", "Count the records: rate, users, commands, errors");
  command->add_option("--db", options->db, "Database to read.")
      ->type_name("FILE")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  AddFilterOptions(command, &options->filter);
  AddQuietOption(command, &options->output.quiet);
  command->add_flag("--compare", options->stats.compare,
                    "Compare with the same length of time before --since.");
  command
      ->add_option("-n,--top", options->stats.top,
                   "Print the N largest of each list.")
      ->type_name("N")
      ->check(WholeNumber(1))
      ->capture_default_str();
  command->add_flag("--deep", options->deep,
                    "Count callers and busiest seconds in a long history, "
                    "too. This reads every record.");
  AddTimeoutOption(command, &options->timeout_ns);
  AddOutputOptions(command, &options->output);
  AddPagerOption(command, &options->output);
  command->footer(std::string(kFilterHelp) + kExamples);
  command->callback([options] { RunStats(*options); });
}

}  // namespace forkdb
