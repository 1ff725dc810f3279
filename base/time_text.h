// Parses the parts of a time: digits, a time of day, an offset. The functions
// Consume…() remove from text what they parse. ConsumePrefix() and
// ConsumeSuffix() leave other text unchanged; the others may not.

#ifndef FORKDB_BASE_TIME_TEXT_H_
#define FORKDB_BASE_TIME_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace forkdb {

inline constexpr int64_t kMinuteS = 60;
inline constexpr int64_t kHourS = 3600;
inline constexpr int64_t kDayS = 24 * kHourS;

bool ConsumePrefix(std::string_view prefix, std::string_view* text);
bool ConsumeSuffix(std::string_view suffix, std::string_view* text);

// A number of least to most digits at the start of text.
std::optional<int64_t> ConsumeDigits(size_t least, size_t most,
                                     std::string_view* text);

// "10:00" or "10:00:30.5" at the start of text. Returns ns since midnight.
std::optional<int64_t> ConsumeTimeOfDay(std::string_view* text);

// Parses "+01:00", "-0330" or "+01". Returns seconds east of Greenwich.
std::optional<int64_t> ParseOffset(std::string_view text);

}  // namespace forkdb

#endif  // FORKDB_BASE_TIME_TEXT_H_
