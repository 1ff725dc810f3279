#include "query/filter.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "store/decode.h"
#include "store/error.h"

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

void CheckColumn(const std::string& name) {
  const std::vector<std::string>& known = ViewColumns();
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  throw UsageError(fmt::format("no column '{}': the columns are {}", name,
                               fmt::join(known, ", ")));
}

uint64_t FlagBits(const std::string& name) {
  if (const std::optional<uint64_t> bit = CloneFlagFromName(name)) return *bit;
  uint64_t bits = 0;
  if (name.rfind("0x", 0) == 0) {
    const char* end = name.data() + name.size();
    const auto result = std::from_chars(name.data() + 2, end, bits, 16);
    if (result.ec == std::errc() && result.ptr == end && bits != 0) return bits;
  }
  throw UsageError(fmt::format("no flag '{}': the flags are {}, or a 0x number",
                               name, fmt::join(AllCloneFlagNames(), ", ")));
}

int ErrnoNumber(const std::string& name) {
  if (const std::optional<int> number = ErrnoFromName(name)) return *number;
  throw UsageError(fmt::format(
      "no errno '{}': write a name such as EAGAIN, ENOMEM or EINVAL", name));
}

bool IsPattern(const std::string& comm) {
  return comm.find_first_of("*?") != std::string::npos;
}

// Collects conditions joined by AND, and the values of their parameters.
class Where {
 public:
  void Add(const std::string& condition, Row values) {
    if (!sql_.empty()) sql_ += " AND ";
    sql_ += "(" + condition + ")";
    values_.insert(values_.end(), values.begin(), values.end());
  }

  // Adds "column IN (?, ?)", or nothing where there are no values.
  template <typename T>
  void AddIn(const std::string& column, const std::vector<T>& values) {
    if (values.empty()) return;
    const std::vector<const char*> marks(values.size(), "?");
    Add(fmt::format("{} IN ({})", column, fmt::join(marks, ", ")),
        Row(values.begin(), values.end()));
  }

  const std::string& sql() const { return sql_; }
  const Row& values() const { return values_; }

 private:
  std::string sql_;
  Row values_;
};

void AddComms(const std::vector<std::string>& comms, Where* where) {
  if (comms.empty()) return;
  std::vector<std::string> terms;
  terms.reserve(comms.size());
  for (const std::string& comm : comms) {
    terms.emplace_back(IsPattern(comm) ? "comm GLOB ?" : "comm = ?");
  }
  where->Add(fmt::format("{}", fmt::join(terms, " OR ")),
             Row(comms.begin(), comms.end()));
}

Where BuildWhere(const Filter& filter) {
  Where where;
  if (filter.since_ns) where.Add("time_ns >= ?", {*filter.since_ns});
  if (filter.until_ns) where.Add("time_ns <= ?", {*filter.until_ns});
  where.AddIn("username", filter.users);
  where.AddIn("uid", filter.uids);
  if (!filter.pids.empty()) {
    Where either;
    either.AddIn("pid", filter.pids);
    Where or_tgid;
    or_tgid.AddIn("tgid", filter.pids);
    Row values = either.values();
    values.insert(values.end(), or_tgid.values().begin(),
                  or_tgid.values().end());
    where.Add(either.sql() + " OR " + or_tgid.sql(), values);
  }
  where.AddIn("child_pid", filter.children);
  AddComms(filter.comms, &where);
  for (const std::string& flag : filter.flags) {
    const auto bits = static_cast<int64_t>(FlagBits(flag));
    where.Add("flags_raw & ? = ?", {bits, bits});
  }
  std::vector<int64_t> rets;
  for (const std::string& name : filter.errnos)
    rets.push_back(-ErrnoNumber(name));
  where.AddIn("ret", rets);
  if (filter.failed) where.Add("ret < 0", {});
  if (filter.boot) {
    where.Add("stream IN (SELECT id FROM streams WHERE boot = ?)",
              {*filter.boot});
  }
  // The newline ends a comment that the condition may end in.
  if (!filter.condition.empty()) where.Add(filter.condition + "\n", {});
  if (where.sql().empty()) where.Add("1", {});
  return where;
}

// Checks "time_ns DESC, pid" and turns it around if reverse.
std::string BuildOrder(const std::string& order, bool reverse) {
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

std::vector<std::string> PeopleColumns() {
  const std::vector<std::string>& all = ViewColumns();
  return {all.begin(), all.begin() + kPeopleColumns};
}

std::vector<std::string> ParseColumns(std::string_view text) {
  if (text == "all") return ViewColumns();
  std::vector<std::string> columns = SplitAtCommas(text);
  for (const std::string& column : columns) CheckColumn(column);
  return columns;
}

Question BuildQuestion(const Filter& filter, const Shape& shape) {
  const Where where = BuildWhere(filter);
  Question question;
  question.values = where.values();
  const std::string columns = fmt::format("{}", fmt::join(shape.columns, ", "));
  if (!shape.order.empty()) {
    question.sql =
        fmt::format("SELECT {} FROM forks WHERE {} ORDER BY {}", columns,
                    where.sql(), BuildOrder(shape.order, shape.reverse));
    if (shape.limit) question.sql += " LIMIT ?";
  } else if (shape.limit) {
    question.sql = fmt::format(
        "SELECT {} FROM forks WHERE id IN (SELECT id FROM forks WHERE {} "
        "ORDER BY id DESC LIMIT ?) ORDER BY id{}",
        columns, where.sql(), shape.reverse ? " DESC" : "");
  } else {
    question.sql =
        fmt::format("SELECT {} FROM forks WHERE {} ORDER BY id{}", columns,
                    where.sql(), shape.reverse ? " DESC" : "");
  }
  if (shape.limit) question.values.emplace_back(*shape.limit);
  return question;
}

}  // namespace forkdb
