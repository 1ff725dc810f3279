#include "query/export_command.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/escape.h"
#include "base/time.h"
#include "query/answer.h"
#include "query/coverage/losses.h"
#include "query/database/databases.h"
#include "query/filter/filter.h"
#include "query/filter/shape.h"
#include "query/filter_command.h"
#include "query/print/output_file.h"
#include "query/report/report.h"
#include "query/report/report_json.h"
#include "query/report/report_page.h"
#include "store/database.h"
#include "store/own_file.h"
#include "terminal/output.h"
#include "terminal/output_command.h"
#include "terminal/tell.h"

namespace forkdb {
namespace {

constexpr char kExamples[] =
    R"(An existing file is replaced in one step when the new one is complete. A report
is one HTML page that loads nothing else: timeline, top lists and process tree.

Examples:
  forkdb export -o forks.csv                    all records, all columns
  forkdb export --since yesterday -o forks.json
  forkdb export --failed --columns time,username,comm,errno
  forkdb export --user alice --format tsv | head
  forkdb export --html report.html              a report for the browser
  forkdb export --html report.html --since -1d --user alice)";

struct Options {
  std::optional<int64_t> timeout_ns;
  std::string db = kDefaultDatabasePath;
  FilterOptions filter;
  std::vector<CLI::Option*> filters;  // those of filter
  std::string columns = "all";
  std::optional<Format> format;
  std::optional<std::string> output;
  std::optional<std::string> html;
  bool quiet = false;
};

Format FormatFor(const Options& options) {
  if (options.format) return *options.format;
  if (options.output) {
    const std::string extension =
        std::filesystem::path(*options.output).extension().string();
    if (extension == ".json" || extension == ".jsonl") return Format::kJson;
    if (extension == ".tsv") return Format::kTsv;
  }
  return Format::kCsv;
}

Format ParseExportFormat(const std::string& name) {
  if (name != "table") {
    try {
      return ParseFormat(name);
    } catch (const UsageError&) {
    }
  }
  throw UsageError(
      fmt::format("--format {}: no such format: write csv, json or tsv", name));
}

// As a word of sh(1).
std::string ShellWord(const std::string& text) {
  constexpr char kSafe[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./"
      "-";
  if (!text.empty() && text.find_first_not_of(kSafe) == std::string::npos) {
    return text;
  }
  return QuoteForShell(text);
}

// Each of the options that were given, as a shell takes it. Leaves out those of
// the names.
std::vector<std::string> AskedFor(const std::vector<CLI::Option*>& options,
                                  const std::set<std::string>& without) {
  std::vector<std::string> asked;
  for (const CLI::Option* option : options) {
    if (without.count(option->get_name()) > 0) continue;
    const bool has_name = !option->get_positional();
    const bool has_value = !has_name || option->get_expected_max() > 0;
    for (const std::string& value : option->results()) {
      std::string words = has_name ? option->get_name() : "";
      if (has_name && has_value) words += ' ';
      if (has_value) words += ShellWord(value);
      asked.push_back(std::move(words));
    }
  }
  return asked;
}

ReportOrigin OriginOf(const Options& options, int64_t now_ns) {
  const std::set<std::string> times = {"--since", "--until", "--utc"};
  ReportOrigin origin;
  origin.filter =
      fmt::format("{}", fmt::join(AskedFor(options.filters, {}), " "));
  origin.query = AskedFor(options.filters, times);
  origin.has_window = options.filter.since || options.filter.until;
  origin.version = FORKDB_VERSION;
  origin.made_ns = now_ns;
  return origin;
}

void CheckIsNotDatabase(const std::string& output, const std::string& db) {
  const std::string resolved = ResolveLinks(db);
  const std::string target = ResolveLinks(output);
  // -status is the recorder's heartbeat.
  for (const char* suffix :
       {"", "-wal", "-shm", "-journal", "-lock", "-status"}) {
    std::error_code error;
    if (target == resolved + suffix ||
        std::filesystem::equivalent(output, resolved + suffix, error)) {
      throw UsageError(fmt::format(
          "{}: this is the database itself: choose another file", output));
    }
  }
}

void ExportRows(const Options& options, const Output& output, int64_t /*now*/,
                Databases* databases) {
  Shape shape;
  shape.columns = ParseColumns(options.columns);
  databases->first().Print(databases->first_filter(), shape, output);
  databases->WarnOfGaps();
}

void ExportReport(const Options& options, const Output& output, int64_t now_ns,
                  Databases* databases) {
  ReportOptions question;
  question.filter = databases->first_filter();
  const Report report = databases->first().ReadReport(question, now_ns);
  WriteReportPage(ReportJson(report, OriginOf(options, now_ns)), output.stream);
  if (report.stats.records == 0) {
    databases->TellCoverage();
    databases->TellWhatIsNotRecorded();
  }
  Warn(report.stats.missing, "", kMayBeMore, output.notes());
}

void RunExport(const Options& options) {
  const auto write = options.html ? ExportReport : ExportRows;
  const std::string path = options.html.value_or(options.output.value_or("-"));
  std::optional<OutputFile> file;
  Output output;
  output.quiet = options.quiet;
  if (!options.html) output.format = FormatFor(options);
  if (path != "-") {
    CheckIsNotDatabase(path, options.db);
    output.stream = file.emplace(path).stream();
  }
  const auto discard = [&] {
    if (file) file->Discard();
  };
  Answer({{options.db}, options.filter, options.timeout_ns}, &output, discard,
         [&](Databases* databases, int64_t now_ns) {
           write(options, output, now_ns, databases);
           if (file) file->Commit();
         });
}

}  // namespace

void AddExportCommand(CLI::App* app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "export", "Write records to a file for other programs, or a report");
  command->add_option("--db", options->db, "Database to read.")
      ->type_name("FILE")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  const size_t others = command->get_options().size();
  AddFilterOptions(command, &options->filter);
  options->filters = command->get_options();
  options->filters.erase(
      options->filters.begin(),
      options->filters.begin() + static_cast<std::ptrdiff_t>(others));
  AddQuietOption(command, &options->quiet);
  CLI::Option* columns =
      command
          ->add_option("--columns", options->columns,
                       "Columns to write, e.g. time,comm,errno; or all.")
          ->type_name("COLUMNS")
          ->capture_default_str();
  CLI::Option* format =
      command
          ->add_option_function<std::string>(
              "--format",
              [options](const std::string& name) {
                options->format = ParseExportFormat(name);
              },
              "Output format: csv, json (one object per line) or tsv. The "
              "default follows the name of the file, else csv.")
          ->type_name("FORMAT");
  CLI::Option* output =
      command
          ->add_option("-o,--output", options->output,
                       "File to write. Default: standard output.")
          ->type_name("FILE");
  command
      ->add_option("--html", options->html,
                   "Write a report to this HTML file instead of rows.")
      ->type_name("FILE")
      ->excludes(columns)
      ->excludes(format)
      ->excludes(output);
  AddTimeoutOption(command, &options->timeout_ns);
  command->footer(std::string(kFilterHelp) + kExamples);
  command->callback([options] { RunExport(*options); });
}

}  // namespace forkdb
