#include "query/export_command.h"

#include <fmt/core.h>
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "query/filter.h"
#include "query/filter_command.h"
#include "query/output_file.h"
#include "query/reader.h"
#include "store/database.h"
#include "store/error.h"
#include "store/output.h"
#include "store/time.h"

namespace forkdb {
namespace {

constexpr char kExamples[] =
    R"(A file that is there already is replaced, in one step, once the new one is whole.

Examples:
  forkdb export -o forks.csv                    everything, every column
  forkdb export --since yesterday -o forks.json
  forkdb export --failed --columns time,username,comm,errno
  forkdb export --user alice --format tsv | head)";

struct Options {
  std::string db = kDefaultDatabasePath;
  FilterOptions filter;
  std::string columns = "all";
  std::optional<Format> format;
  std::optional<std::string> output;
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

void CheckIsNotDatabase(const std::string& output, const std::string& db) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code error;
    if (std::filesystem::equivalent(output, db + suffix, error)) {
      throw UsageError(fmt::format(
          "-o {}: is the database itself: name another file", output));
    }
  }
}

void Export(const Options& options, const Output& output) {
  Shape shape;
  shape.columns = ParseColumns(options.columns);
  Filter filter = ReadFilter(options.filter, RealtimeNow());
  Reader reader(options.db);
  if (options.filter.boot) filter.boot = reader.FindBoot(*options.filter.boot);
  if (options.filter.under) reader.SetUnder(*options.filter.under, &filter);
  reader.Print(filter, shape, output);
}

void RunExport(const Options& options) {
  Output output;
  output.format = FormatFor(options);
  if (!options.output || *options.output == "-") {
    Export(options, output);
    return;
  }
  CheckIsNotDatabase(*options.output, options.db);
  OutputFile file(*options.output);
  output.stream = file.stream();
  Export(options, output);
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
  AddFilterOptions(command, &options->filter);
  command
      ->add_option("--columns", options->columns,
                   "Columns to write: a,b,c or all")
      ->capture_default_str();
  command->add_option_function<std::string>(
      "--format",
      [options](const std::string& name) {
        options->format = ParseExportFormat(name);
      },
      "csv, json (an object a line) or tsv [by the file's name, else csv]");
  command->add_option("-o,--output", options->output,
                      "File to write [standard output]");
  command->footer(kExamples);
  command->callback([options] { RunExport(*options); });
}

}  // namespace forkdb
