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
          "Give up, with code 1, where the answer takes longer: 10, 2min")
      ->option_text("SECONDS");
}

void AddOutputOptions(CLI::App* command, OutputOptions* options) {
  command
      ->add_option_function<std::string>(
          "--format",
          [options](const std::string& name) {
            options->format = ParseFormat(name);
          },
          "table, json, csv or tsv")
      ->default_str("table");
  command
      ->add_option_function<std::string>(
          "--color",
          [options](const std::string& name) {
            options->color = ParseWhen(name);
          },
          "Colors in a table: auto (on a terminal), always or never")
      ->default_str("auto");
  command->add_flag("-w,--wide", options->wide,
                    "Do not cut a table to the terminal's width");
}

void AddPagerOption(CLI::App* command, OutputOptions* options) {
  options->pages = true;
  command->add_flag_callback(
      "--no-pager", [options] { options->pages = false; },
      "Not through a pager ($FORKDB_PAGER, $PAGER or less) on a terminal");
}

}  // namespace forkdb
