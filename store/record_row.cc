#include "store/record_row.h"

#include <fmt/format.h>

namespace forkdb {

std::string RecordRow::AllNames() {
  return fmt::format("{}", fmt::join(kNames, ", "));
}

}  // namespace forkdb
