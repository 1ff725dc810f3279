// The options by which the commands that ask choose records.

#ifndef FORKDB_QUERY_FILTER_COMMAND_H_
#define FORKDB_QUERY_FILTER_COMMAND_H_

#include <CLI/App.hpp>

#include "query/filter/filter_options.h"

namespace forkdb {

// What the help says of them together.
inline constexpr char kFilterHelp[] =
    R"(A call must match all filters. Most filters can be repeated to allow any of
several values: --user alice --user bob, or --user alice,bob (not --comm).

)";

// Adds them all. options must outlive the command.
void AddFilterOptions(CLI::App* command, FilterOptions* options);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FILTER_COMMAND_H_
