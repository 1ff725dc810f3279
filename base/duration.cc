#include "base/duration.h"

#include <fmt/core.h>

#include <array>
#include <cctype>
#include <charconv>
#include <system_error>

#include "base/error.h"

namespace forkdb {
namespace {

struct Unit {
  std::string_view name;
  int64_t ns;
};
constexpr int64_t kMinute = 60 * kNsPerSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
// systemd.time(7): a month is 30.44 days, a year 365.25.
constexpr std::array<Unit, 30> kUnits = {{
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", kNsPerSecond},
    {"sec", kNsPerSecond},
    {"secs", kNsPerSecond},
    {"second", kNsPerSecond},
    {"seconds", kNsPerSecond},
    {"m", kMinute},
    {"min", kMinute},
    {"mins", kMinute},
    {"minute", kMinute},
    {"minutes", kMinute},
    {"h", kHour},
    {"hr", kHour},
    {"hrs", kHour},
    {"hour", kHour},
    {"hours", kHour},
    {"d", kDay},
    {"day", kDay},
    {"days", kDay},
    {"w", 7 * kDay},
    {"week", 7 * kDay},
    {"weeks", 7 * kDay},
    {"M", 3044 * kDay / 100},
    {"month", 3044 * kDay / 100},
    {"months", 3044 * kDay / 100},
    {"y", 36525 * kDay / 100},
    {"year", 36525 * kDay / 100},
    {"years", 36525 * kDay / 100},
}};

std::optional<int64_t> UnitNs(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.ns;
  }
  return std::nullopt;
}

}  // namespace

std::string_view TrimBlanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<int64_t> ConsumeDecimal(int64_t unit_ns, std::string_view* text) {
  // from_chars accepts "-0".
  if (text->empty() || text->front() == '-') return std::nullopt;
  int64_t whole = 0;
  const auto result =
      std::from_chars(text->data(), text->data() + text->size(), whole);
  if (result.ec != std::errc()) return std::nullopt;
  text->remove_prefix(static_cast<size_t>(result.ptr - text->data()));
  int64_t total_ns = 0;
  if (__builtin_mul_overflow(whole, unit_ns, &total_ns)) return std::nullopt;
  if (text->size() < 2 || (*text)[0] != '.' ||
      std::isdigit(static_cast<unsigned char>((*text)[1])) == 0) {
    return total_ns;
  }
  text->remove_prefix(1);
  int64_t part_ns = 0;
  for (int64_t digit_ns = unit_ns / 10;
       !text->empty() &&
       std::isdigit(static_cast<unsigned char>((*text)[0])) != 0;
       digit_ns /= 10) {
    part_ns += ((*text)[0] - '0') * digit_ns;
    text->remove_prefix(1);
  }
  if (__builtin_add_overflow(total_ns, part_ns, &total_ns)) return std::nullopt;
  return total_ns;
}

std::optional<int64_t> ReadDuration(std::string_view text, int64_t bare_ns) {
  int64_t total_ns = 0;
  text = TrimBlanks(text);
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::string_view after_number = text;
    if (!ConsumeDecimal(1, &after_number)) return std::nullopt;
    const std::string_view rest = TrimBlanks(after_number);
    size_t length = 0;
    while (length < rest.size() &&
           std::isalpha(static_cast<unsigned char>(rest[length])) != 0) {
      ++length;
    }
    const std::optional<int64_t> unit_ns =
        length == 0 && bare_ns > 0 ? bare_ns : UnitNs(rest.substr(0, length));
    if (!unit_ns) return std::nullopt;
    const std::optional<int64_t> part_ns = ConsumeDecimal(*unit_ns, &text);
    if (!part_ns || __builtin_add_overflow(total_ns, *part_ns, &total_ns)) {
      return std::nullopt;
    }
    text = TrimBlanks(rest.substr(length));
  }
  return total_ns;
}

int64_t ParseDuration(std::string_view text) {
  const std::optional<int64_t> duration_ns = ReadDuration(text, kNsPerSecond);
  if (!duration_ns) {
    throw UsageError(fmt::format(
        "duration '{}': write \"1s\", \"200ms\" or \"1h30min\"", text));
  }
  return *duration_ns;
}

std::string FormatLength(int64_t ns) {
  if (ns < 2 * kMinute) return fmt::format("{} s", ns / kNsPerSecond);
  if (ns < 2 * kHour) return fmt::format("{} min", ns / kMinute);
  if (ns < 2 * kDay) return fmt::format("{} h", ns / kHour);
  return fmt::format("{} d", ns / kDay);
}

}  // namespace forkdb
