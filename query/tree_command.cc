#include "query/tree_command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "query/ancestry/tree.h"
#include "query/answer.h"
#include "query/coverage/losses.h"
#include "query/database/databases.h"
#include "query/database/find_process.h"
#include "query/filter_command.h"
#include "query/print/tree_printer.h"
#include "store/database.h"
#include "terminal/output_command.h"
#include "terminal/whole_number.h"

namespace forkdb {
namespace {

constexpr char kExamples[] =
    R"(Each process stands below the process that created it, also with CLONE_PARENT.
Name and user are those of the process's last call, "as of" its time. A process
that made no call has the user of its creator, and its name in parentheses.

Examples:
  forkdb tree 1000000000003                  ancestors and descendants
  forkdb tree 1000000000003 --up             only ancestors
  forkdb tree 10007 --down --depth 2         of the newest process with this pid
  forkdb tree 10007 --at "1 hour ago"        of the one that had it then
  forkdb tree cron                           of the process of this name
  forkdb tree 10007 --threads --failed       with threads and failed calls
  forkdb tree 10007 --format json)";

struct Options {
  std::optional<int64_t> timeout_ns;
  std::string db = kDefaultDatabasePath;
  WantedProcess process;
  FilterOptions filter;  // of the pid
  TreeOptions tree;
  bool up = false;
  bool down = false;
  bool ascii = false;
  OutputOptions output;
};

void RunTree(const Options& options) {
  OutputOptions look = options.output;
  look.utc = options.filter.utc;
  Output output = Screen(look);
  TreeOptions tree = options.tree;
  tree.up = options.up || !options.down;
  tree.down = options.down || !options.up;
  Answer({{options.db}, options.filter, options.timeout_ns}, &output, nullptr,
         [&](Databases* databases, int64_t) {
           Reader& reader = databases->first();
           WantedProcess process = options.process;
           process.boot = databases->first_filter().boot;
           process.at_ns = databases->first_filter().under_at_ns;
           process.since_ns = databases->first_filter().since_ns;
           process.until_ns = databases->first_filter().until_ns;
           tree.root = reader.FindProcess(process);
           Present(output, [&] {
             PrintTree(
                 [&](const std::function<void(const TreeNode&)>& take) {
                   reader.ReadTree(tree, take);
                 },
                 output, options.ascii);
           });
           if (tree.down) {
             Warn(reader.FindLossesSince(tree.root), "", kMayBeMore,
                  output.notes());
           }
         });
}

}  // namespace

void AddTreeCommand(CLI::App* app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "tree", "Show the ancestors and descendants of a process");
  command
      ->add_option("process", options->process.text,
                   "A pid (the newest process that had it), the id of the "
                   "record that created the process, or its name.")
      ->type_name("")
      ->required();
  command->add_option("--db", options->db, "Database to read.")
      ->type_name("FILE")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  command
      ->add_option("--boot", options->filter.boot,
                   "Boot of the pid: 0 is the latest, -1 the one before; or a "
                   "boot id.")
      ->type_name("BOOT");
  command
      ->add_option("--at", options->filter.at,
                   "Take the process that had the pid at TIME, e.g. \"1 hour "
                   "ago\".")
      ->type_name("TIME");
  command
      ->add_option("--since", options->filter.since,
                   "Take the newest process that had the pid at TIME or later.")
      ->type_name("TIME");
  command
      ->add_option("--until", options->filter.until,
                   "Take the newest process that had the pid at TIME or "
                   "earlier.")
      ->type_name("TIME");
  command->add_flag("--up", options->up, "Show only ancestors.");
  command->add_flag("--down", options->down, "Show only descendants.");
  command
      ->add_option("--depth", options->tree.depth,
                   "Show at most N levels in each direction.")
      ->type_name("N")
      ->check(WholeNumber(0))
      ->capture_default_str();
  command
      ->add_option("-n,--limit", options->tree.limit,
                   "Show at most N children of each process, the oldest.")
      ->type_name("N")
      ->check(WholeNumber(0))
      ->capture_default_str();
  command->add_flag("--threads", options->tree.threads,
                    "Show each thread instead of their number.");
  command->add_flag("--failed", options->tree.failed,
                    "Show failed calls, too.");
  command->add_flag("--ascii", options->ascii,
                    "Draw the tree with ASCII characters.");
  AddTimeoutOption(command, &options->timeout_ns);
  AddUtcOption(command, &options->filter.utc);
  AddOutputOptions(command, &options->output);
  AddPagerOption(command, &options->output);
  command->footer(kExamples);
  command->callback([options] { RunTree(*options); });
}

}  // namespace forkdb
