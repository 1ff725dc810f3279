// The text format of /proc/fork_info, version 1. The contract is
// lkm/FORMAT.md. Pure: no I/O, no clock, no state outside the objects.

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
  int64_t capacity = 0;  // 0 where the header does not say
};

// Reads a header line; keys other than version and capacity are passed over.
// Nothing if the line is not one.
std::optional<Header> ParseHeader(std::string_view line);

// Reads one line, without its newline, into *record. Returns "" or the reason
// why the line is not a record; *record is then unspecified.
std::string ParseRecord(std::string_view line, Record* record);

// The line of a record, without a newline: the opposite of ParseRecord().
std::string FormatRecord(const Record& record);

// Cuts chunks, as read(2) returns them, into lines. A line longer than kMaxLine
// is handed over cut to that length, once, and can then be no record.
class LineSplitter {
 public:
  // The longest record is under 400 bytes.
  static constexpr size_t kMaxLine = 4096;

  // Calls line(text) for every line that the chunk completes. The text is valid
  // during the call only.
  void Feed(std::string_view chunk,
            const std::function<void(std::string_view)>& line);

  // Whether the line that is not complete yet is longer than kMaxLine.
  bool overlong() const { return rest_.size() >= kMaxLine; }

  // Ends the input: what stands there without a newline, and forgets it.
  std::string TakeRest();

 private:
  void Keep(std::string_view part);

  std::string rest_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_PARSER_H_
