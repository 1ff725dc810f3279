// Lengths of time as people write them, and the numbers in them.

#ifndef FORKDB_BASE_DURATION_H_
#define FORKDB_BASE_DURATION_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace forkdb {

inline constexpr int64_t kNsPerSecond = 1'000'000'000;

// Reads a length of time, "1.5s", "200ms", "1h30min", "2 days"; a number alone
// is seconds. Units are those of systemd.time(7). Returns ns. Throws
// UsageError.
int64_t ParseDuration(std::string_view text);

// The same, without an exception: nothing if the text is not a length of time.
// A number alone counts units of bare_ns, or is refused if that is 0.
std::optional<int64_t> ReadDuration(std::string_view text, int64_t bare_ns);

// Cuts digits, and a fraction if there is one, off the start of text: a number
// of ns, where the digits count units of unit_ns. Nothing if there are no
// digits, or too many.
std::optional<int64_t> ConsumeDecimal(int64_t unit_ns, std::string_view* text);

// The text without spaces and tabs on both sides.
std::string_view TrimBlanks(std::string_view text);

// Roughly, as people say it: "45 s", "3 min", "5 h", "12 d".
std::string FormatLength(int64_t ns);

}  // namespace forkdb

#endif  // FORKDB_BASE_DURATION_H_
