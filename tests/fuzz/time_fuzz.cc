// A text is a time or a length of time, or it is refused with a UsageError.

#include <cstddef>
#include <cstdint>
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
  } catch (const UsageError&) {
  }
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
  forkdb::TryDuration(input);
  return 0;
}
