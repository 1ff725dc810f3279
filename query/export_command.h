// forkdb export

#ifndef FORKDB_QUERY_EXPORT_COMMAND_H_
#define FORKDB_QUERY_EXPORT_COMMAND_H_

#include <CLI/App.hpp>

namespace forkdb {

// Adds the subcommand; it runs when the command line names it, and throws Error
// or UsageError.
void AddExportCommand(CLI::App* app);

}  // namespace forkdb

#endif  // FORKDB_QUERY_EXPORT_COMMAND_H_
