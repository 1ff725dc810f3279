// Whatever a source holds: it is cut into the same lines however it arrives,
// and what is taken for a record or a header is one.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "recorder/source/parser.h"
#include "store/record.h"
#include "tests/fuzz/require.h"

namespace forkdb {
namespace {

// The lines of the input, the last one without its newline too, where reads
// return so many bytes.
std::vector<std::string> Split(std::string_view input, size_t chunk) {
  std::vector<std::string> lines;
  LineSplitter splitter;
  while (!input.empty()) {
    splitter.Feed(input.substr(0, chunk),
                  [&](std::string_view line) { lines.emplace_back(line); });
    input.remove_prefix(std::min(chunk, input.size()));
  }
  lines.push_back(splitter.TakeRest());
  Require(splitter.TakeRest().empty(), "a rest is taken once");
  return lines;
}

void TryHeader(std::string_view line) {
  const auto header = ParseHeader(line);
  if (!header) return;
  Require(header->version > 0, "a header has a version");
  Require(header->capacity >= 0, "a capacity is not negative");
}

void TryRecord(std::string_view line) {
  Record record;
  const std::string reason = ParseRecord(line, &record);
  if (!reason.empty()) {
    Require(reason.find(": ") != std::string::npos, "a reason names a field");
    return;
  }
  Require(record.seq > 0 && record.seq < kSeqLimit, "seq makes a key");
  Require(record.time_ns >= 0, "time is not negative");
  Require(record.failed() == (record.child_pid == 0), "failed: no child");
  Require(record.comm.find('\0') == std::string::npos, "comm has no NUL");
  // All its fields are in its line, so equal lines are equal records.
  const std::string again = FormatRecord(record);
  Record copy;
  Require(ParseRecord(again, &copy).empty(), "a record's line is accepted");
  Require(FormatRecord(copy) == again, "a record's line is the record");
  Require(copy.comm == record.comm, "comm is kept byte by byte");
}

void Try(std::string_view input) {
  const std::vector<std::string> lines = Split(input, input.size());
  for (const size_t chunk : {size_t{1}, size_t{7}, LineSplitter::kMaxLine}) {
    Require(Split(input, chunk) == lines, "lines are the same in any chunks");
  }
  for (const std::string& line : lines) {
    Require(line.size() <= LineSplitter::kMaxLine, "no line is too long");
    TryHeader(line);
    TryRecord(line);
  }
}

}  // namespace
}  // namespace forkdb

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  forkdb::Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
