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
#include "query/filter_command.h"
#include "query/print/tree_printer.h"
#include "store/database.h"
#include "terminal/output_command.h"

namespace forkdb {
namespace {

constexpr char kExamples[] =
    R"(Each process stands below the process that created it, also with CLONE_PARENT.
A process that made no call of its own has no recorded name; the name of its
creator stands in parentheses instead.

Examples:
  forkdb tree 1000000000003                  ancestors and descendants
  forkdb tree 1000000000003 --up             only ancestors
  forkdb tree 10007 --down --depth 2         of the newest process with this pid
  forkdb tree 10007 --threads --failed       with threads and failed calls
  forkdb tree 10007 --format json)";

struct Options {
  std::optional<int64_t> timeout_ns;
  std::string db = kDefaultDatabasePath;
  int64_t process = 0;
  std::optional<std::string> boot;
  TreeOptions tree;
  bool up = false;
  bool down = false;
  bool ascii = false;
  OutputOptions output;
};

void RunTree(const Options& options) {
  Output output = Screen(options.output);
  TreeOptions tree = options.tree;
  tree.up = options.up || !options.down;
  tree.down = options.down || !options.up;
  FilterOptions filter;
  filter.boot = options.boot;
  Answer(
      {{options.db}, filter, options.timeout_ns}, &output, nullptr,
      [&](Databases* databases, int64_t) {
        Reader& reader = databases->first();
        tree.root =
            reader.FindProcess(options.process, databases->first_filter().boot);
        Present(output, [&] {
          PrintTree(
              [&](const std::function<void(const TreeNode&)>& take) {
                reader.ReadTree(tree, take);
              },
              output, options.ascii);
        });
        if (tree.down) {
          Warn(reader.FindLossesSince(tree.root), "", kMayBeMore, output.zone);
        }
      });
}

}  // namespace

void AddTreeCommand(CLI::App* app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "tree", "Show the ancestors and descendants of a process");
  command
      ->add_option("process", options->process,
                   "A pid (the newest process that had it) or the id of the "
                   "record that created the process.")
      ->type_name("")
      ->check(CLI::PositiveNumber)
      ->required();
  command->add_option("--db", options->db, "Database to read.")
      ->type_name("FILE")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  command
      ->add_option("--boot", options->boot,
                   "Boot of the pid: 0 is the latest, -1 the one before; or a "
                   "boot id.")
      ->type_name("BOOT");
  command->add_flag("--up", options->up, "Show only ancestors.");
  command->add_flag("--down", options->down, "Show only descendants.");
  command
      ->add_option("--depth", options->tree.depth,
                   "Show at most N levels in each direction.")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("-n,--limit", options->tree.limit,
                   "Show at most N children of each process, the oldest.")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--threads", options->tree.threads,
                    "Show each thread instead of their number.");
  command->add_flag("--failed", options->tree.failed,
                    "Show failed calls, too.");
  command->add_flag("--ascii", options->ascii,
                    "Draw the tree with ASCII characters.");
  AddTimeoutOption(command, &options->timeout_ns);
  AddUtcOption(command, &options->output.utc);
  AddOutputOptions(command, &options->output);
  AddPagerOption(command, &options->output);
  command->footer(kExamples);
  command->callback([options] { RunTree(*options); });
}

}  // namespace forkdb
