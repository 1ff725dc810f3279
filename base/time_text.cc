#include "base/time_text.h"

#include <algorithm>
#include <charconv>

#include "base/duration.h"

namespace forkdb {

bool ConsumePrefix(std::string_view prefix, std::string_view* text) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

bool ConsumeSuffix(std::string_view suffix, std::string_view* text) {
  if (text->size() < suffix.size() ||
      text->substr(text->size() - suffix.size()) != suffix) {
    return false;
  }
  text->remove_suffix(suffix.size());
  return true;
}

std::optional<int64_t> ConsumeDigits(size_t least, size_t most,
                                     std::string_view* text) {
  const size_t digits =
      std::min(text->find_first_not_of("0123456789"), text->size());
  if (digits < least || digits > most) return std::nullopt;
  int64_t number = 0;
  std::from_chars(text->data(), text->data() + digits, number);
  text->remove_prefix(digits);
  return number;
}

namespace {

std::optional<int64_t> ConsumeBelow(int64_t limit, std::string_view* text) {
  const std::optional<int64_t> number = ConsumeDigits(1, 2, text);
  return number && *number < limit ? number : std::nullopt;
}

}  // namespace

std::optional<int64_t> ConsumeTimeOfDay(std::string_view* text) {
  const std::optional<int64_t> hours = ConsumeBelow(24, text);
  if (!hours || !ConsumePrefix(":", text)) return std::nullopt;
  const std::optional<int64_t> minutes = ConsumeBelow(60, text);
  if (!minutes) return std::nullopt;
  int64_t ns = (*hours * kHourS + *minutes * kMinuteS) * kNsPerSecond;
  if (ConsumePrefix(":", text)) {
    const std::optional<int64_t> second = ConsumeDecimal(kNsPerSecond, text);
    if (!second || *second >= 60 * kNsPerSecond) return std::nullopt;
    ns += *second;
  }
  return ns;
}

std::optional<int64_t> ParseOffset(std::string_view text) {
  const bool west = ConsumePrefix("-", &text);
  if (!west && !ConsumePrefix("+", &text)) return std::nullopt;
  if (text.size() < 2) return std::nullopt;
  std::string_view hours_text = text.substr(0, 2);
  text.remove_prefix(2);
  const std::optional<int64_t> hours = ConsumeDigits(2, 2, &hours_text);
  ConsumePrefix(":", &text);
  std::optional<int64_t> minutes = 0;
  if (!text.empty()) minutes = ConsumeDigits(2, 2, &text);
  if (!hours || !minutes || !text.empty() || *hours > 18 || *minutes > 59) {
    return std::nullopt;
  }
  const int64_t offset_s = *hours * kHourS + *minutes * kMinuteS;
  return west ? -offset_s : offset_s;
}

}  // namespace forkdb
