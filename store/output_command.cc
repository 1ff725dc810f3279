#include "store/output_command.h"

#include <fmt/core.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "store/error.h"
#include "store/suggest.h"

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
