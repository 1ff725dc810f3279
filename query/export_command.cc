#include "query/export_command.h"

#include <fmt/core.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "query/filter.h"
#include "query/filter_command.h"
#include "query/output_file.h"
#include "query/reader.h"
#include "query/report.h"
#include "query/report_json.h"
#include "query/report_page.h"
#include "query/supervise.h"
#include "store/database.h"
#include "store/error.h"
#include "store/output.h"
#include "store/time.h"

namespace forkdb {
namespace {

constexpr char kExamples[] =
    R"(A file that is there already is replaced, in one step, once the new one is whole.
A report is one page that needs nothing else: timeline, lists, process tree.

Examples:
  forkdb export -o forks.csv                    everything, every column
  forkdb export --since yesterday -o forks.json
  forkdb export --failed --columns time,username,comm,errno
  forkdb export --user alice --format tsv | head
  forkdb export --html report.html              what happened, for a browser
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

// The options that were given, of some, as they were written.
std::string AskedFor(const std::vector<CLI::Option*>& options) {
  std::string asked;
  for (const CLI::Option* option : options) {
    const bool has_name = !option->get_positional();
    const bool has_value = !has_name || option->get_expected_max() > 0;
    for (const std::string& value : option->results()) {
      if (has_name) asked += " " + option->get_name();
      const bool is_word = value.find_first_of(" '\"") == std::string::npos;
      if (has_value) asked += is_word ? " " + value : " '" + value + "'";
    }
  }
  return asked.substr(asked.empty() ? 0 : 1);
}

void CheckIsNotDatabase(const std::string& output, const std::string& db) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code error;
    if (std::filesystem::equivalent(output, db + suffix, error)) {
      throw UsageError(
          fmt::format("{}: is the database itself: name another file", output));
    }
  }
}

Filter FindFilter(const FilterOptions& options, int64_t now_ns,
                  Reader* reader) {
  Filter filter = ReadFilter(options, now_ns);
  if (options.boot) filter.boot = reader->FindBoot(*options.boot);
  if (options.under) reader->SetUnder(*options.under, &filter);
  return filter;
}

void ExportRows(const Options& options, std::FILE* stream) {
  Shape shape;
  shape.columns = ParseColumns(options.columns);
  Output output;
  output.format = FormatFor(options);
  output.stream = stream;
  Reader reader(options.db);
  const Filter filter = FindFilter(options.filter, RealtimeNow(), &reader);
  Supervise({&reader}, options.timeout_ns, &output,
            [&] { reader.Print(filter, shape, output); });
}

void ExportReport(const Options& options, std::FILE* stream) {
  const int64_t now_ns = RealtimeNow();
  Reader reader(options.db);
  ReportOptions question;
  question.filter = FindFilter(options.filter, now_ns, &reader);
  Output output;
  output.stream = stream;
  Report report;
  Supervise({&reader}, options.timeout_ns, &output,
            [&] { report = reader.ReadReport(question, now_ns); });
  WriteReportPage(
      ReportJson(report, {AskedFor(options.filters), FORKDB_VERSION, now_ns}),
      stream);
  if (report.stats.records == 0) {
    fmt::print(stderr, "forkdb: no record matches: {}\n",
               reader.DescribeCoverage());
  }
}

void RunExport(const Options& options) {
  if (options.html) CheckHasReportPage();
  const auto write = options.html ? ExportReport : ExportRows;
  const std::string path = options.html.value_or(options.output.value_or("-"));
  if (path == "-") {
    write(options, stdout);
    return;
  }
  CheckIsNotDatabase(path, options.db);
  OutputFile file(path);
  write(options, file.stream());
  file.Commit();
}

}  // namespace

void AddExportCommand(CLI::App* app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "export", "Write what was recorded to a file, for other programs");
  command->add_option("--db", options->db, "Database file")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  const size_t others = command->get_options().size();
  AddFilterOptions(command, &options->filter);
  options->filters = command->get_options();
  options->filters.erase(
      options->filters.begin(),
      options->filters.begin() + static_cast<std::ptrdiff_t>(others));
  CLI::Option* columns = command
                             ->add_option("--columns", options->columns,
                                          "Columns to write: a,b,c or all")
                             ->capture_default_str();
  CLI::Option* format = command->add_option_function<std::string>(
      "--format",
      [options](const std::string& name) {
        options->format = ParseExportFormat(name);
      },
      "csv, json (an object a line) or tsv [by the file's name, else csv]");
  CLI::Option* output = command->add_option("-o,--output", options->output,
                                            "File to write [standard output]");
  command
      ->add_option("--html", options->html,
                   "A report instead of rows: the HTML file to write")
      ->excludes(columns)
      ->excludes(format)
      ->excludes(output);
  AddTimeoutOption(command, &options->timeout_ns);
  command->footer(kExamples);
  command->callback([options] { RunExport(*options); });
}

}  // namespace forkdb
