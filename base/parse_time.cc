#include <algorithm>
#include <optional>
#include <string_view>

#include "base/duration.h"
#include "base/time.h"
#include "base/time_text.h"
#include "base/time_words.h"

namespace forkdb {
namespace {

// Parses a time relative to now, such as "-1h" or "2 hours ago".
std::optional<int64_t> RelativeTime(std::string_view text, int64_t now_ns) {
  int sign = 0;
  if (ConsumePrefix("-", &text) || ConsumeSuffix(" ago", &text)) {
    sign = -1;
  } else if (ConsumePrefix("+", &text)) {
    sign = 1;
  } else {
    return std::nullopt;
  }
  const std::optional<int64_t> distance_ns = ReadDuration(text, 0);
  if (!distance_ns) return std::nullopt;
  int64_t time_ns = 0;
  if (__builtin_add_overflow(now_ns, sign * *distance_ns, &time_ns)) {
    return std::nullopt;
  }
  return time_ns;
}

}  // namespace

int64_t ParseTime(std::string_view text, int64_t now_ns, Zone zone) {
  const std::string_view whole = TrimBlanks(text);
  std::string_view rest = whole;
  constexpr int64_t kRecentNs = 10 * kMinuteS * kNsPerSecond;
  if (rest == "now") return now_ns;
  if (rest == "recent") return std::max<int64_t>(0, now_ns - kRecentNs);
  if (rest == "boot") return std::max<int64_t>(0, now_ns - BoottimeNow());
  if (ConsumePrefix("@", &rest)) {
    const std::optional<int64_t> time_ns = ConsumeDecimal(kNsPerSecond, &rest);
    if (!time_ns || !rest.empty())
      throw BadTime(whole, "@ must be followed by seconds");
    return *time_ns;
  }
  if (const std::optional<int64_t> time_ns = RelativeTime(rest, now_ns)) {
    if (*time_ns < 0) throw BadTime(whole, "it is before 1970");
    return *time_ns;
  }
  TimeWords words(whole, zone);
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find_first_of(" ,"));
    if (!word.empty()) words.Take(word);
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  }
  return words.Resolve(now_ns);
}

}  // namespace forkdb
