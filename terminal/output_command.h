// The options by which the commands that print are told how.

#ifndef FORKDB_TERMINAL_OUTPUT_COMMAND_H_
#define FORKDB_TERMINAL_OUTPUT_COMMAND_H_

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>

#include "terminal/screen.h"

namespace forkdb {

// Adds --timeout, in ns.
void AddTimeoutOption(CLI::App* command, std::optional<int64_t>* timeout_ns);

// Adds --format, --color and --wide; options must outlive the command.
void AddOutputOptions(CLI::App* command, OutputOptions* options);

// For a command whose answer may be long: it has a pager, and --no-pager.
void AddPagerOption(CLI::App* command, OutputOptions* options);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_OUTPUT_COMMAND_H_
