#include "app.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "query/export_command.h"
#include "query/query_command.h"
#include "query/stats_command.h"
#include "query/status_command.h"
#include "query/tree_command.h"
#include "recorder/prune_command.h"
#include "recorder/record_command.h"
#include "recorder/show_command.h"

namespace forkdb {
namespace {

constexpr char kExamples[] = R"(Examples:
  forkdb record                               record in the background
  forkdb query --since -1h --failed           what failed in the last hour
  forkdb query "username = 'alice'" -n 20     alice's newest 20
  forkdb stats --since -1h --compare          the last hour beside the one before
  forkdb tree 4711 --up                       what led to process 4711
  forkdb export -o forks.csv                  everything, for other programs
  forkdb export --html report.html            what happened, for a browser
  forkdb show -n 10                           what the kernel holds, decoded

Exit codes: 0 done, 1 failure, 2 bad usage, 130 interrupted.)";

}  // namespace

std::unique_ptr<CLI::App> NewApp() {
  auto app = std::make_unique<CLI::App>(
      "Who started what on this machine, when, and what failed? A recorder for "
      "the kernel's fork_info and questions about what it recorded.",
      "forkdb");
  app->set_version_flag("--version", "forkdb " FORKDB_VERSION);
  app->footer(kExamples);
  app->require_subcommand(1);
  AddRecordCommand(app.get());
  AddQueryCommand(app.get());
  AddStatsCommand(app.get());
  AddTreeCommand(app.get());
  AddStatusCommand(app.get());
  AddExportCommand(app.get());
  AddShowCommand(app.get());
  AddPruneCommand(app.get());
  return app;
}

}  // namespace forkdb
