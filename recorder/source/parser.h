// Parses the text format of /proc/fork_info, version 1. lkm/FORMAT.md defines
// it. Does no I/O, reads no clock and has no global state.

#ifndef FORKDB_RECORDER_SOURCE_PARSER_H_
#define FORKDB_RECORDER_SOURCE_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "store/record.h"

namespace forkdb {

inline constexpr int kFormatVersion = 1;

// The first line: "fork_info - version: 1 capacity: 16384".
struct Header {
  int64_t version = 0;
  int64_t capacity = 0;  // 0 if the header has none
};

// Parses a header line. Ignores keys other than version and capacity. Returns
// nullopt if the line is not a header.
std::optional<Header> ParseHeader(std::string_view line);

// Parses one line, without its newline, into *record. Returns "", or the reason
// why the line is not a record; *record is then unspecified.
std::string ParseRecord(std::string_view line, Record* record);

// Returns the line of a record, without a newline: the inverse of
// ParseRecord().
std::string FormatRecord(const Record& record);

// Splits chunks, as read(2) returns them, into lines. A line longer than
// kMaxLine is passed on once, cut to that length; no record is that long.
class LineSplitter {
 public:
  // The longest record is under 400 bytes.
  static constexpr size_t kMaxLine = 4096;

  // Calls line(text) for each line that the chunk completes. The text is valid
  // only during the call.
  void Feed(std::string_view chunk,
            const std::function<void(std::string_view)>& line);

  // Whether the incomplete line is longer than kMaxLine.
  bool overlong() const { return rest_.size() >= kMaxLine; }

  // Ends the input. Returns the incomplete line, and forgets it.
  std::string TakeRest();

 private:
  void Keep(std::string_view part);

  std::string rest_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_PARSER_H_
