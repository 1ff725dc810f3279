#include "terminal/output_command.h"

#include <fmt/core.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "base/duration.h"
#include "base/error.h"
#include "base/suggest.h"

namespace forkdb {
namespace {

When ParseWhen(const std::string& name) {
  if (name == "auto") return When::kAuto;
  if (name == "always") return When::kAlways;
  if (name == "never") return When::kNever;
  throw UsageError(fmt::format("--color {}: write auto, always or never{}",
                               name,
                               DidYouMean(name, {"auto", "always", "never"})));
}

}  // namespace

void AddTimeoutOption(CLI::App* command, std::optional<int64_t>* timeout_ns) {
  command
      ->add_option_function<std::string>(
          "--timeout",
          [timeout_ns](const std::string& text) {
            *timeout_ns = ParseDuration(text);
            if (**timeout_ns <= 0) {
              throw UsageError("--timeout " + text + ": not above zero");
            }
          },
          "Stop with exit code 1 after TIME, e.g. 10 (seconds) or 2min.")
      ->type_name("TIME");
}

void AddUtcOption(CLI::App* command, bool* utc) {
  command->add_flag(
      "--utc", *utc,
      "Read and print times as UTC. Without it, times are read as "
      "local time, and printed as local time on a terminal.");
}

void AddQuietOption(CLI::App* command, bool* quiet) {
  command->add_flag("-q,--quiet", *quiet,
                    "Print no warnings, e.g. of gaps and downtimes.");
}

void AddOutputOptions(CLI::App* command, OutputOptions* options) {
  command
      ->add_option_function<std::string>(
          "--format",
          [options](const std::string& name) {
            options->format = ParseFormat(name);
          },
          "Output format: table, json, csv or tsv.")
      ->type_name("FORMAT")
      ->default_str("table");
  command
      ->add_option_function<std::string>(
          "--color",
          [options](const std::string& name) {
            options->color = ParseWhen(name);
          },
          "Color tables: auto (on a terminal), always or never.")
      ->type_name("WHEN")
      ->default_str("auto");
  command->add_flag("-w,--wide", options->wide,
                    "Do not cut tables to the width of the terminal.");
}

void AddPagerOption(CLI::App* command, OutputOptions* options) {
  options->pages = true;
  command->add_flag_callback(
      "--no-pager", [options] { options->pages = false; },
      "Do not use a pager. By default, answers on a terminal go through "
      "$FORKDB_PAGER, $PAGER or less.");
}

}  // namespace forkdb
