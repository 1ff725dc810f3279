// A text is a time or a length of time, or it is refused with a UsageError.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/duration.h"
#include "base/error.h"
#include "base/time.h"
#include "tests/fuzz/require.h"

namespace forkdb {
namespace {

constexpr int64_t kNowNs = 1'764'000'000'123'456'789;

void TryTime(std::string_view text) {
  try {
    const int64_t time_ns = ParseTime(text, kNowNs, Zone::kUtc);
    Require(time_ns >= 0, "a time is from 1970 on");
    Require(ParseTime(FormatUtc(time_ns), kNowNs) == time_ns,
            "a time's own text is the time");
    Require(ParseUtc(FormatUtc(time_ns)) == time_ns,
            "a time's own text is the time alone");
  } catch (const UsageError&) {
  }
}

void TryUtc(std::string_view text) {
  const std::optional<int64_t> time_ns = ParseUtc(text);
  Require(!time_ns || FormatUtc(*time_ns) == text, "only its own text is one");
}

void TryDuration(std::string_view text) {
  try {
    Require(ParseDuration(text) >= 0, "a length of time is not negative");
  } catch (const UsageError&) {
  }
}

}  // namespace
}  // namespace forkdb

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  forkdb::TryTime(input);
  forkdb::TryUtc(input);
  forkdb::TryDuration(input);
  return 0;
}
