// Command-line options for output.

#ifndef FORKDB_TERMINAL_OUTPUT_COMMAND_H_
#define FORKDB_TERMINAL_OUTPUT_COMMAND_H_

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>

#include "terminal/screen.h"

namespace forkdb {

// Each function writes to its second argument, which must outlive the command.

// Adds --timeout, in ns.
void AddTimeoutOption(CLI::App* command, std::optional<int64_t>* timeout_ns);

// Adds --utc.
void AddUtcOption(CLI::App* command, bool* utc);

// Adds --quiet.
void AddQuietOption(CLI::App* command, bool* quiet);

// Adds --format, --color and --wide.
void AddOutputOptions(CLI::App* command, OutputOptions* options);

// Turns the pager on, and adds --no-pager. For commands with long answers.
void AddPagerOption(CLI::App* command, OutputOptions* options);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_OUTPUT_COMMAND_H_
