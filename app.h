// forkdb's command line, whole: for the program, and for what is made of it
// (docs/).

#ifndef FORKDB_APP_H_
#define FORKDB_APP_H_

#include <CLI/App.hpp>
#include <memory>

namespace forkdb {

// With all subcommands. Parsing runs the one that the command line names, and
// throws CLI::Error or what the subcommand throws.
std::unique_ptr<CLI::App> NewApp();

}  // namespace forkdb

#endif  // FORKDB_APP_H_
