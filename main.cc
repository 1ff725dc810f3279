// forkdb's entry: reads the command line, runs one subcommand, and turns
// whatever ends it early into one line and an exit code.

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "query/query_command.h"
#include "query/stats_command.h"
#include "query/status_command.h"
#include "query/tree_command.h"
#include "recorder/prune_command.h"
#include "recorder/record_command.h"
#include "recorder/show_command.h"
#include "store/error.h"
#include "store/escape.h"

namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;
constexpr int kExitInterrupted = 130;

constexpr char kExamples[] = R"(Examples:
  forkdb record                               record in the background
  forkdb query --since -1h --failed           what failed in the last hour
  forkdb query "username = 'alice'" -n 20     alice's newest 20
  forkdb stats --since -1h --compare          the last hour beside the one before
  forkdb tree 4711 --up                       what led to process 4711
  forkdb show -n 10                           what the kernel holds, decoded

Exit codes: 0 done, 1 failure, 2 bad usage, 130 interrupted.)";

// One line, whatever the reason holds: file names and SQL are not ours.
int Fail(const std::string& reason, int exit_code) {
  fmt::print(stderr, "forkdb: {}\n", forkdb::EscapeForDisplay(reason));
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Who started what on this machine, when, and what failed? A recorder for "
      "the kernel's fork_info and questions about what it recorded.",
      "forkdb");
  app.set_version_flag("--version", "forkdb " FORKDB_VERSION);
  app.footer(kExamples);
  app.require_subcommand(1);
  try {
    forkdb::AddRecordCommand(&app);
    forkdb::AddQueryCommand(&app);
    forkdb::AddStatsCommand(&app);
    forkdb::AddTreeCommand(&app);
    forkdb::AddStatusCommand(&app);
    forkdb::AddShowCommand(&app);
    forkdb::AddPruneCommand(&app);
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::Success& e) {  // --help, --version
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    return Fail(std::string(e.what()) + ": see forkdb --help", kExitUsage);
  } catch (const forkdb::UsageError& e) {
    return Fail(e.what(), kExitUsage);
  } catch (const forkdb::Interrupted&) {
    return kExitInterrupted;
  } catch (const std::exception& e) {
    return Fail(e.what(), kExitFailure);
  }
}
