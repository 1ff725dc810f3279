// forkdb show

#ifndef FORKDB_RECORDER_SHOW_COMMAND_H_
#define FORKDB_RECORDER_SHOW_COMMAND_H_

#include <CLI/App.hpp>

namespace forkdb {

// Adds the subcommand. It runs if the command line names it, and throws Error
// or UsageError.
void AddShowCommand(CLI::App* app);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SHOW_COMMAND_H_
