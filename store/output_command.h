// The options by which the commands that print are told how.

#ifndef FORKDB_STORE_OUTPUT_COMMAND_H_
#define FORKDB_STORE_OUTPUT_COMMAND_H_

#include <CLI/App.hpp>

#include "store/output.h"

namespace forkdb {

// Adds --format; output must outlive the command.
void AddOutputOptions(CLI::App* command, Output* output);

}  // namespace forkdb

#endif  // FORKDB_STORE_OUTPUT_COMMAND_H_
