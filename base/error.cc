#include "base/error.h"

#include <system_error>

namespace forkdb {

std::string ErrnoText(int error_number) {
  return std::generic_category().message(error_number);
}

}  // namespace forkdb
