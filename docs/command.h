// What the pages and the completions say of a command, from its CLI::App.

#ifndef FORKDB_DOCS_COMMAND_H_
#define FORKDB_DOCS_COMMAND_H_

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace forkdb {

struct OptionText {
  std::vector<std::string> names;  // "-n", "--limit"; of an argument, its name
  std::string value;               // "TIME", empty for a flag
  std::string optional_value;      // "[=TYPE]" of a flag, or empty
  std::string description;
  std::string default_value;
  std::string environment;
  std::vector<std::string> words;  // the values that it can have, if known
};

struct CommandText {
  std::string name;  // empty for forkdb itself
  std::string description;
  std::string notes;     // what the help says before and after the examples
  std::string examples;  // lines
  std::vector<OptionText> arguments, options;
};

// forkdb first, then its subcommands.
std::vector<CommandText> ReadCommands(CLI::App* app);

}  // namespace forkdb

#endif  // FORKDB_DOCS_COMMAND_H_
