#include "app.h"

#include <fmt/core.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstddef>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

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
  forkdb record                               record until stopped (Ctrl-C or SIGTERM)
  forkdb query --since -1h --failed           calls that failed in the last hour
  forkdb query "username = 'alice'" -n 20     alice's newest 20 calls
  forkdb stats --since -1h --compare          the last hour and the hour before
  forkdb tree 4711 --up                       the ancestors of process 4711
  forkdb export -o forks.csv                  all records, for other programs
  forkdb export --html report.html            a report for the browser
  forkdb show -n 10                           the newest ten records in the kernel

Exit codes: 0 success, 1 failure, 2 wrong usage, 130 interrupted.)";

// The parts of the help of a command that asks, in order. Options that are in
// none of them come last.
const std::vector<std::pair<std::string, std::set<std::string>>>& HelpGroups() {
  static const std::vector<std::pair<std::string, std::set<std::string>>>
      groups = {
          {"When",
           {"--since", "--until", "--boot", "--list-boots", "--after-cursor",
            "--cursor-file", "--show-cursor", "--at"}},
          {"Who",
           {"--user", "--not-user", "--uid", "--comm", "--not-comm", "--pid",
            "--tgid", "--ppid", "--under", "--ns"}},
          {"What",
           {"--kind", "--success", "--failed", "--errno", "--not-errno",
            "--child", "--flag", "--not-flag", "--threads", "--no-threads",
            "--new-ns", "--changed-ns", "--burst"}},
          {"How many",
           {"--limit", "--reverse", "--order", "--group-by", "--count", "--top",
            "--compare", "--deep", "--follow"}},
          {"How it looks",
           {"--columns", "--format", "--utc", "--color", "--wide", "--no-pager",
            "--quiet", "--explain", "--exit-code", "--print-sql"}}};
  return groups;
}

constexpr char kOtherOptions[] = "Options";

// Only commands with a filter have enough options.
void GroupOptions(CLI::App* command) {
  if (command->get_option_no_throw("--since") == nullptr) return;
  for (const auto& [title, names] : HelpGroups()) {
    for (CLI::Option* option : command->get_options()) {
      if (names.count(option->get_name()) > 0) option->group(title);
    }
  }
}

// "--since TIME", and the description in lines that fit a terminal. Which
// options exclude each other is left to the error message.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() {
    column_width(kIndent);
    label("Positionals", "Arguments");
  }

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    std::string text =
        make_description(app) + make_usage(app, name) + make_positionals(app);
    const auto add_group = [&](const std::string& title) {
      const auto options = app->get_options([&](const CLI::Option* option) {
        return option->nonpositional() && option->get_group() == title;
      });
      if (!options.empty()) text += make_group(title, false, options);
    };
    for (const auto& [title, names] : HelpGroups()) add_group(title);
    add_group(kOtherOptions);
    return text + make_subcommands(app, mode) + '\n' + make_footer(app);
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    if (!option->get_option_text().empty()) return option->get_option_text();
    if (option->get_type_size() == 0) return "";
    const std::string type = option->get_type_name();  // "N:POSITIVE"
    const std::string metavar = type.substr(0, type.find(':'));
    return metavar.empty() ? "" : " " + metavar;
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    std::string text = option->get_description();
    if (!option->get_default_str().empty()) {
      text += fmt::format(" Default: {}.", option->get_default_str());
    }
    if (!option->get_envname().empty()) {
      text += fmt::format(" Environment: {}.", option->get_envname());
    }
    return Wrapped(text);
  }

 private:
  static constexpr size_t kIndent = 26;
  static constexpr size_t kLine = 80 - kIndent;

  static std::string Wrapped(const std::string& text) {
    std::istringstream words(text);
    std::string wrapped;
    size_t used = 0;
    for (std::string word; words >> word; used += word.size()) {
      if (used > 0 && used + 1 + word.size() > kLine) {
        wrapped += '\n';
        used = 0;
      } else if (used > 0) {
        wrapped += ' ';
        ++used;
      }
      wrapped += word;
    }
    return wrapped;
  }
};

}  // namespace

std::unique_ptr<CLI::App> NewApp() {
  auto app = std::make_unique<CLI::App>(
      "Records every process creation on this machine and answers who started "
      "what, when, and what failed.",
      "forkdb");
  app->formatter(std::make_shared<HelpFormatter>());
  app->set_version_flag("-V,--version", "forkdb " FORKDB_VERSION);
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
  for (CLI::App* command :
       app->get_subcommands([](CLI::App*) { return true; })) {
    GroupOptions(command);
  }
  return app;
}

}  // namespace forkdb
