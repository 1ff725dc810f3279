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
    R"(The tree is of who called whom: what a process made with CLONE_PARENT, too,
stands under it. A name in parentheses is the maker's, when it made the process.

Examples:
  forkdb tree 1000000000003                  its ancestors and descendants
  forkdb tree 1000000000003 --up             what led to it
  forkdb tree 10007 --down --depth 2         of the newest process with that pid
  forkdb tree 10007 --threads --failed       threads and failed calls, too
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
  Answer({{options.db}, filter, options.timeout_ns}, &output, nullptr,
         [&](Databases* databases, int64_t) {
           Reader& reader = databases->first();
           tree.root = reader.FindProcess(options.process,
                                          databases->first_filter().boot);
           Present(output, [&] {
             PrintTree(
                 [&](const std::function<void(const TreeNode&)>& take) {
                   reader.ReadTree(tree, take);
                 },
                 output, options.ascii);
           });
           if (tree.down) {
             Warn(reader.FindLossesSince(tree.root), "", kMayBeMore);
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
                   "record that made it")
      ->check(CLI::PositiveNumber)
      ->required();
  command->add_option("--db", options->db, "Database file")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  command->add_option(
      "--boot", options->boot,
      "Of a pid: 0 for the latest boot, -1 for the one before, or a boot id");
  command->add_flag("--up", options->up, "Ancestors");
  command->add_flag("--down", options->down, "Descendants");
  command
      ->add_option("--depth", options->tree.depth, "At most N levels each way")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("-n,--limit", options->tree.limit,
                   "At most N children of each process, the oldest")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--threads", options->tree.threads,
                    "Each thread, not only how many");
  command->add_flag("--failed", options->tree.failed, "Failed calls, too");
  command->add_flag("--ascii", options->ascii, "Draw with ASCII");
  AddTimeoutOption(command, &options->timeout_ns);
  AddOutputOptions(command, &options->output);
  AddPagerOption(command, &options->output);
  command->footer(kExamples);
  command->callback([options] { RunTree(*options); });
}

}  // namespace forkdb
