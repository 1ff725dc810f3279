// What shells complete.

#ifndef FORKDB_DOCS_COMPLETION_H_
#define FORKDB_DOCS_COMPLETION_H_

#include <string>
#include <vector>

#include "docs/command.h"

namespace forkdb {

// A script for each shell: subcommands, their options, and the values of those
// that have a list; else file names.
std::string BashCompletion(const std::vector<CommandText>& commands);
std::string ZshCompletion(const std::vector<CommandText>& commands);
std::string FishCompletion(const std::vector<CommandText>& commands);

}  // namespace forkdb

#endif  // FORKDB_DOCS_COMPLETION_H_
