#include "terminal/whole_number.h"

#include <fmt/core.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <optional>
#include <string>

#include "base/integer.h"

namespace forkdb {

CLI::Validator WholeNumber(int64_t lowest) {
  return CLI::Validator(
      [lowest](const std::string& text) {
        const std::optional<int64_t> number = ParseInteger<int64_t>(text);
        if (number && *number >= lowest) return std::string();
        return fmt::format("'{}' is not a whole number of {} or more", text,
                           lowest);
      },
      /*validator_desc=*/"");
}

}  // namespace forkdb
