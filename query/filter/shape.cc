#include "query/filter/shape.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "base/error.h"
#include "base/suggest.h"
#include "query/filter/time_bucket.h"

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

void CheckColumn(const std::string& name,
                 const std::vector<std::string>& known = ViewColumns()) {
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

std::vector<std::string> GroupColumns() {
  std::vector<std::string> columns = ViewColumns();
  for (const TimeBucket& bucket : TimeBuckets()) {
    columns.emplace_back(bucket.name);
  }
  return columns;
}

std::vector<std::string> ParseGroupColumns(std::string_view text) {
  const std::vector<std::string> known = GroupColumns();
  std::vector<std::string> columns = SplitAtCommas(text);
  for (const std::string& column : columns) CheckColumn(column, known);
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

}  // namespace forkdb
