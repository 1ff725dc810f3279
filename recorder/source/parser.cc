#include "recorder/source/parser.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <type_traits>

#include "base/escape.h"

namespace forkdb {
namespace {

constexpr std::string_view kHeaderStart = "fork_info - ";
constexpr int32_t kMaxErrno = 4095;
constexpr size_t kMaxComm = 255;

// Removes the next field and the space after it from *rest, and returns the
// field. If no space followed, rest->data() becomes nullptr.
std::string_view NextField(std::string_view* rest) {
  const size_t end = std::min(rest->find(' '), rest->size());
  const std::string_view field = rest->substr(0, end);
  if (end == rest->size()) {
    *rest = std::string_view();
  } else {
    rest->remove_prefix(end + 1);
  }
  return field;
}

// Reads the fields in turn and remembers the first error.
class FieldReader {
 public:
  explicit FieldReader(std::string_view line) : rest_(line) {}

  template <typename T>
  void Decimal(std::string_view name, T lowest, T* value) {
    const std::string_view field = NextField(&rest_);
    Number(name, field, 10, value);
    if (error_.empty() && *value < lowest) Fail(name, "out of range");
  }

  void Hex(std::string_view name, uint64_t* value) {
    std::string_view field = NextField(&rest_);
    if (field.substr(0, 2) == "0x") {
      Number(name, field.substr(2), 16, value);
    } else {
      Fail(name, "not a 0x number");
    }
  }

  void Comm(std::string_view name, std::string* value) {
    // A name may be empty (prctl(2) allows that), but the space before it is
    // required.
    std::optional<std::string> comm = UnescapeComm(rest_);
    if (rest_.data() == nullptr) {
      Fail(name, "missing");
    } else if (!comm) {
      Fail(name, "bad escape or unescaped byte");
    } else if (comm->size() > kMaxComm) {
      Fail(name, "too long");
    } else {
      *value = std::move(*comm);
    }
  }

  void Require(bool condition, std::string_view name, std::string_view reason) {
    if (!condition) Fail(name, reason);
  }

  const std::string& error() const { return error_; }

 private:
  template <typename T>
  void Number(std::string_view name, std::string_view field, int base,
              T* value) {
    const char* end = field.data() + field.size();
    const auto result = std::from_chars(field.data(), end, *value, base);
    if (field.empty()) {
      Fail(name, "missing");
    } else if (result.ec == std::errc::result_out_of_range) {
      Fail(name, "out of range");
    } else if (result.ec != std::errc() || result.ptr != end) {
      Fail(name, "not a number");
    }
  }

  void Fail(std::string_view name, std::string_view reason) {
    if (error_.empty()) error_ = fmt::format("{}: {}", name, reason);
  }

  std::string_view rest_;
  std::string error_;
};

}  // namespace

std::optional<Header> ParseHeader(std::string_view line) {
  if (line.substr(0, kHeaderStart.size()) != kHeaderStart) return std::nullopt;
  line.remove_prefix(kHeaderStart.size());
  Header header;
  while (!line.empty()) {
    const std::string_view key = NextField(&line);
    const std::string_view value = NextField(&line);
    int64_t* number = key == "version:"    ? &header.version
                      : key == "capacity:" ? &header.capacity
                                           : nullptr;
    if (number == nullptr) continue;
    const char* end = value.data() + value.size();
    const auto result = std::from_chars(value.data(), end, *number);
    if (result.ec != std::errc() || result.ptr != end || *number <= 0) {
      return std::nullopt;
    }
  }
  if (header.version == 0) return std::nullopt;
  return header;
}

std::string ParseRecord(std::string_view line, Record* record) {
  Record& r = *record;
  FieldReader reader(line);
  reader.Decimal<int64_t>("seq", 1, &r.seq);
  reader.Decimal<int64_t>("time_ns", 0, &r.time_ns);
  reader.Hex("flags", &r.flags);
  reader.Decimal("exit_signal", 0, &r.exit_signal);
  reader.Decimal<uint32_t>("uid", 0, &r.uid);
  reader.Decimal("pid", 0, &r.pid);
  reader.Decimal("tgid", 0, &r.tgid);
  reader.Decimal("ppid", 0, &r.ppid);
  reader.Decimal<int64_t>("start_ns", 0, &r.start_ns);
  reader.Decimal<uint32_t>("pid_ns", 0, &r.pid_ns);
  reader.Decimal<uint32_t>("user_ns", 0, &r.user_ns);
  reader.Decimal("ret", -kMaxErrno, &r.ret);
  reader.Decimal("child_pid", 0, &r.child_pid);
  reader.Decimal<int64_t>("child_start_ns", 0, &r.child_start_ns);
  reader.Decimal<uint32_t>("child_pid_ns", 0, &r.child_pid_ns);
  reader.Decimal("child_ns_pid", 0, &r.child_ns_pid);
  reader.Decimal<uint32_t>("child_user_ns", 0, &r.child_user_ns);
  reader.Comm("comm", &r.comm);
  if (!reader.error().empty()) return reader.error();

  reader.Require(r.seq < kSeqLimit, "seq", "out of range");
  reader.Require(r.exit_signal <= 255, "exit_signal", "out of range");
  reader.Require(r.ret != 0, "ret", "zero is neither a pid nor an error");
  const bool has_child = r.child_pid > 0 && r.child_ns_pid > 0;
  const bool has_none = r.child_pid == 0 && r.child_ns_pid == 0 &&
                        r.child_start_ns == 0 && r.child_pid_ns == 0 &&
                        r.child_user_ns == 0;
  reader.Require(r.failed() ? has_none : has_child, "child_pid",
                 "contradicts ret");
  return reader.error();
}

std::string FormatRecord(const Record& r) {
  return fmt::format(
      "{} {} 0x{:x} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", r.seq,
      r.time_ns, r.flags, r.exit_signal, r.uid, r.pid, r.tgid, r.ppid,
      r.start_ns, r.pid_ns, r.user_ns, r.ret, r.child_pid, r.child_start_ns,
      r.child_pid_ns, r.child_ns_pid, r.child_user_ns, EscapeComm(r.comm));
}

void LineSplitter::Keep(std::string_view part) {
  rest_ += part.substr(0, kMaxLine - std::min(kMaxLine, rest_.size()));
}

void LineSplitter::Feed(std::string_view chunk,
                        const std::function<void(std::string_view)>& line) {
  for (size_t end = chunk.find('\n'); end != std::string_view::npos;
       end = chunk.find('\n')) {
    const std::string_view text = chunk.substr(0, end);
    if (rest_.empty() && text.size() <= kMaxLine) {
      line(text);
    } else {
      Keep(text);
      line(rest_);
      rest_.clear();
    }
    chunk.remove_prefix(end + 1);
  }
  Keep(chunk);
}

std::string LineSplitter::TakeRest() {
  std::string rest;
  rest.swap(rest_);
  return rest;
}

}  // namespace forkdb
