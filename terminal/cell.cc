#include "terminal/cell.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <cstdint>

#include "base/escape.h"

namespace forkdb {

const std::string* BytesOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text;
  if (const auto* blob = std::get_if<Blob>(&value)) return &blob->bytes;
  return nullptr;
}

void AppendCell(const Value& value, std::string* line) {
  if (const std::string* bytes = BytesOf(value)) {
    AppendForDisplay(*bytes, line);
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    const fmt::format_int digits(*integer);
    line->append(digits.data(), digits.size());
  } else if (const auto* real = std::get_if<double>(&value)) {
    *line += fmt::format("{}", *real);
  }
}

std::string TextOf(const Value& value) {
  if (const std::string* bytes = BytesOf(value)) return *bytes;
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return std::to_string(*number);
  }
  return "-";
}

}  // namespace forkdb
