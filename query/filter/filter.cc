#include "query/filter/filter.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <sstream>

#include "base/error.h"
#include "base/suggest.h"
#include "store/decode.h"

namespace forkdb {
namespace {

constexpr size_t kPeopleColumns = 10;

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> parts;
  std::istringstream stream(std::string(text) + ",");
  for (std::string part; std::getline(stream, part, ',');) {
    const size_t first = part.find_first_not_of(' ');
    const size_t last = part.find_last_not_of(' ');
    parts.push_back(
        first == std::string::npos ? "" : part.substr(first, last - first + 1));
  }
  return parts;
}

// The prefix is no part of what is mistyped.
std::string FlagSuggestion(const std::string& name,
                           std::vector<std::string_view> known) {
  constexpr std::string_view kPrefix = "CLONE_";
  if (EditDistance(std::string_view(name).substr(0, kPrefix.size()), kPrefix) >
      1) {
    for (std::string_view& flag : known) flag.remove_prefix(kPrefix.size());
  }
  return DidYouMean(name, known, ":");
}

void CheckColumn(const std::string& name) {
  const std::vector<std::string>& known = ViewColumns();
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  throw UsageError(
      fmt::format("no column '{}'{} the columns are {}", name,
                  DidYouMean(name, {known.begin(), known.end()}, ":"),
                  fmt::join(known, ", ")));
}

}  // namespace

const std::vector<std::string>& ViewColumns() {
  static const auto* const columns = new std::vector<std::string>{
      "id",           "time",          "username",       "comm",
      "pid",          "kind",          "flags",          "child_pid",
      "ret",          "errno",         "stream",         "seq",
      "boot",         "time_ns",       "flags_raw",      "exit_signal",
      "uid",          "tgid",          "ppid",           "start_ns",
      "pid_ns",       "user_ns",       "child_start_ns", "child_pid_ns",
      "child_ns_pid", "child_user_ns", "caller_id"};
  return *columns;
}

std::vector<std::string> PeopleColumns(size_t screen_width) {
  constexpr size_t kNarrow = 110;
  if (screen_width > 0 && screen_width < kNarrow) {
    return {"time", "username", "comm", "pid", "kind", "child_pid", "errno"};
  }
  const std::vector<std::string>& all = ViewColumns();
  return {all.begin(), all.begin() + kPeopleColumns};
}

std::vector<std::string> ParseColumns(std::string_view text) {
  if (text == "all") return ViewColumns();
  std::vector<std::string> columns = SplitAtCommas(text);
  for (const std::string& column : columns) CheckColumn(column);
  return columns;
}

std::string ParseOrder(std::string_view order, bool reverse) {
  std::vector<std::string> terms;
  for (const std::string& part : SplitAtCommas(order)) {
    std::istringstream words(part);
    std::string column;
    std::string direction;
    std::string more;
    words >> column >> direction >> more;
    CheckColumn(column);
    std::transform(direction.begin(), direction.end(), direction.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    const bool descending = direction == "DESC";
    if ((!direction.empty() && !descending && direction != "ASC") ||
        !more.empty()) {
      throw UsageError(
          fmt::format("order '{}': write \"COLUMN\" or \"COLUMN DESC\"", part));
    }
    terms.push_back(column + (descending != reverse ? " DESC" : " ASC"));
  }
  return fmt::format("{}", fmt::join(terms, ", "));
}

uint64_t ParseFlag(const std::string& name) {
  if (const std::optional<uint64_t> bit = CloneFlagFromName(name)) return *bit;
  uint64_t bits = 0;
  if (name.rfind("0x", 0) == 0) {
    const char* end = name.data() + name.size();
    const auto result = std::from_chars(name.data() + 2, end, bits, 16);
    if (result.ec == std::errc() && result.ptr == end && bits != 0) return bits;
  }
  const std::vector<std::string_view> known = AllCloneFlagNames();
  throw UsageError(
      fmt::format("no flag '{}'{} the flags are {}, or a 0x number", name,
                  FlagSuggestion(name, known), fmt::join(known, ", ")));
}

uint64_t ParseNamespaceType(const std::string& name) {
  uint64_t any = 0;
  std::vector<std::string> types;
  for (const std::string_view flag : AllCloneFlagNames()) {
    const std::string_view kNew = "CLONE_NEW";
    if (flag.substr(0, kNew.size()) != kNew) continue;
    std::string type(flag.substr(kNew.size()));
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (type == "ns") type = "mount";
    const uint64_t bit = *CloneFlagFromName(flag);
    if (name == type || CloneFlagFromName(name) == bit) return bit;
    any |= bit;
    types.push_back(type);
  }
  if (name == "any") return any;
  throw UsageError(
      fmt::format("no namespace type '{}'{} the types are {}, any", name,
                  DidYouMean(name, {types.begin(), types.end()}, ":"),
                  fmt::join(types, ", ")));
}

void CheckKind(const std::string& kind) {
  static constexpr std::array<std::string_view, 6> kKinds = {
      "fork", "vfork", "thread", "process", "namespace", "kthread"};
  if (std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end()) return;
  throw UsageError(
      fmt::format("no kind '{}'{} the kinds are {}", kind,
                  DidYouMean(kind, {kKinds.begin(), kKinds.end()}, ":"),
                  fmt::join(kKinds, ", ")));
}

int ParseErrno(const std::string& name) {
  if (const std::optional<int> number = ErrnoFromName(name)) return *number;
  throw UsageError(fmt::format(
      "no errno '{}'{} write a name such as EAGAIN, ENOMEM or EINVAL", name,
      DidYouMean(
          name,
          {"EAGAIN", "ENOMEM", "EINVAL", "EPERM", "ENOSPC", "EUSERS", "EEXIST",
           "ENOSYS", "EBUSY", "EACCES", "EBADF", "EINTR", "EFAULT", "ESRCH",
           "ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND"},
          ":")));
}

}  // namespace forkdb
