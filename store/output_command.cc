#include "store/output_command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

namespace forkdb {

void AddOutputOptions(CLI::App* command, Output* output) {
  command
      ->add_option_function<std::string>(
          "--format",
          [output](const std::string& name) {
            output->format = ParseFormat(name);
          },
          "table, json, csv or tsv")
      ->default_str("table");
}

}  // namespace forkdb
