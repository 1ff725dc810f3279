// Options of other tools that forkdb takes for its own.

#ifndef FORKDB_TERMINAL_ALIASES_H_
#define FORKDB_TERMINAL_ALIASES_H_

#include <CLI/App.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace forkdb {

// An option of journalctl(1), ausearch(8), ps(1) or forkstat(8), and what it
// means here.
struct Alias {
  std::string_view name;
  std::string_view option;
  // The option's value: "{}" is the value given, without which it is an option
  // that has none, and "" is none.
  std::string_view value = "{}";
  // Only for this given value, if not empty.
  std::string_view given = "";
  // Taken if no value is given.
  std::string_view fallback = "";
};

// All aliases. Several of one name differ in what is given.
const std::vector<Alias>& Aliases();

// Returns the words of a command line (without the program's name) with each
// alias replaced by the option that it stands for, if the subcommand has that
// option and none of the alias's name. The values of options stay as they are.
// "help" and "help COMMAND" become --help.
std::vector<std::string> ExpandAliases(const CLI::App& app,
                                       const std::vector<std::string>& words);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_ALIASES_H_
