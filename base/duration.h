// Parses and formats durations.

#ifndef FORKDB_BASE_DURATION_H_
#define FORKDB_BASE_DURATION_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace forkdb {

inline constexpr int64_t kNsPerSecond = 1'000'000'000;

// Parses a duration such as "1.5s", "200ms", "1h30min" or "2 days", with the
// units of systemd.time(7). A number without a unit counts seconds. Returns ns.
// Throws UsageError.
int64_t ParseDuration(std::string_view text);

// Like ParseDuration(), but returns nullopt instead of throwing. A number
// without a unit counts units of bare_ns; it is invalid if bare_ns is 0.
std::optional<int64_t> ReadDuration(std::string_view text, int64_t bare_ns);

// Removes a decimal number, such as 1 or 1.5, from the start of text. Returns
// the number times unit_ns, or nullopt if there are no digits or the product
// overflows.
std::optional<int64_t> ConsumeDecimal(int64_t unit_ns, std::string_view* text);

// Removes spaces and tabs on both sides.
std::string_view TrimBlanks(std::string_view text);

// Rounds down to one unit: "45 s", "3 min", "5 h", "12 d".
std::string FormatLength(int64_t ns);

}  // namespace forkdb

#endif  // FORKDB_BASE_DURATION_H_
