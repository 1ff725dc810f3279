// Reads whole numbers.

#ifndef FORKDB_BASE_INTEGER_H_
#define FORKDB_BASE_INTEGER_H_

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace forkdb {

// The number that the text is, all of it, in the base; nothing for any other
// text, a number with a + or one that does not fit.
template <typename T>
std::optional<T> ParseInteger(std::string_view text, int base = 10) {
  T number{};
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, base);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

}  // namespace forkdb

#endif  // FORKDB_BASE_INTEGER_H_
