#include "terminal/value.h"

namespace forkdb {

int64_t IntegerOr(const Value& value, int64_t otherwise) {
  const auto* integer = std::get_if<int64_t>(&value);
  return integer == nullptr ? otherwise : *integer;
}

}  // namespace forkdb
