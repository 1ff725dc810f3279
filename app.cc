#include "app.h"

#include <fmt/core.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstddef>
#include <memory>
#include <sstream>
#include <string>

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

// "--since TIME", and the description in lines that fit a terminal. Which
// options exclude each other is left to the error message.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() {
    column_width(kIndent);
    label("Positionals", "Arguments");
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
