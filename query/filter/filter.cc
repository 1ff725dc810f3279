#include "query/filter/filter.h"

#include <fmt/core.h>
#include <linux/sched.h>

#include <algorithm>
#include <utility>

#include "base/escape.h"

namespace forkdb {
namespace {

using Op = Condition::Op;

// 0x20000000 is CLONE_NEWPID.
constexpr char kChangedNamespaces[] =
    "user_ns <> (SELECT m.child_user_ns FROM forks AS m "
    "WHERE m.id = forks.caller_id) "
    "OR child_pid_ns <> pid_ns AND flags_raw & 0x20000000 = 0";

bool IsPattern(const Value& comm) {
  const auto* text = std::get_if<std::string>(&comm);
  return text != nullptr && text->find_first_of("*?") != std::string::npos;
}

// A command name that is not UTF-8 is a BLOB, which no text equals.
Value CommValue(const Value& comm) {
  const auto* text = std::get_if<std::string>(&comm);
  if (text == nullptr || IsUtf8(*text)) return comm;
  return Blob{*text};
}

// Only * and ? match: GLOB has classes in brackets, too.
Value GlobPattern(const Value& comm) {
  std::string pattern;
  for (const char c : std::get<std::string>(comm)) {
    pattern += c == '[' ? "[[]" : std::string(1, c);
  }
  return pattern;
}

Condition CommCondition(const std::vector<Value>& comms) {
  std::vector<Condition> parts;
  std::vector<Value> exact;
  for (const Value& comm : comms) {
    if (IsPattern(comm)) {
      parts.push_back(Is(Op::kGlob, "comm", {GlobPattern(comm)}));
    } else {
      exact.push_back(CommValue(comm));
    }
  }
  if (!exact.empty()) parts.push_back(Is(Op::kIn, "comm", std::move(exact)));
  return AnyOf(std::move(parts));
}

Condition UserCondition(const std::vector<Value>& users) {
  std::vector<Value> names;
  std::vector<Value> uids;
  for (const Value& user : users) {
    (std::holds_alternative<int64_t>(user) ? uids : names).push_back(user);
  }
  std::vector<Condition> parts;
  if (!names.empty()) parts.push_back(Is(Op::kIn, "username", names));
  if (!uids.empty()) parts.push_back(Is(Op::kIn, "uid", uids));
  return AnyOf(std::move(parts));
}

// The values of a column of the view.
Condition ValuesCondition(const std::string& column,
                          const std::vector<Value>& values) {
  if (column == "comm") return CommCondition(values);
  if (column == "username") return UserCondition(values);
  return Is(Op::kIn, column, values);
}

Condition OneOf(const std::vector<const char*>& columns,
                const std::vector<Value>& values) {
  std::vector<Condition> parts;
  for (const char* column : columns) {
    parts.push_back(Is(Op::kIn, column, values));
  }
  return AnyOf(std::move(parts));
}

}  // namespace

std::vector<Condition> ConditionsOf(const Filter& filter) {
  std::vector<Condition> conditions;
  const auto add = [&](Condition condition) {
    conditions.push_back(std::move(condition));
  };
  const auto add_flags = [&](Op op, uint64_t bits) {
    add(Is(op, "flags_raw", {static_cast<int64_t>(bits)}));
  };
  if (filter.since_ns) add(Is(Op::kAtLeast, "time_ns", {*filter.since_ns}));
  if (filter.until_ns) add(Is(Op::kAtMost, "time_ns", {*filter.until_ns}));
  if (filter.boot) {
    add({Op::kInSelect,
         "stream",
         {},
         fmt::format("SELECT id FROM streams WHERE boot = {}", *filter.boot),
         {}});
  }
  for (const auto& [column, values] : filter.values) {
    add(ValuesCondition(column, values));
  }
  for (const auto& [column, values] : filter.not_values) {
    add(Not(ValuesCondition(column, values)));
  }
  if (!filter.pids.empty()) add(OneOf({"pid", "tgid"}, filter.pids));
  if (!filter.namespaces.empty()) {
    add(OneOf({"pid_ns", "user_ns", "child_pid_ns", "child_user_ns"},
              filter.namespaces));
  }
  if (filter.flags != 0) add_flags(Op::kAllBits, filter.flags);
  if (filter.not_flags != 0) add_flags(Op::kNoBit, filter.not_flags);
  if (filter.threads) {
    add_flags(*filter.threads ? Op::kAnyBit : Op::kNoBit, CLONE_THREAD);
  }
  if (filter.new_namespaces != 0) {
    add_flags(Op::kAnyBit, filter.new_namespaces);
  }
  if (filter.changed_namespaces) {
    add({Op::kSql, "", {}, kChangedNamespaces, {}});
  }
  if (filter.succeeded) add(Is(Op::kAtLeast, "ret", {int64_t{1}}));
  if (filter.failed) add(Is(Op::kIsNotNull, "errno", {}));
  if (!filter.condition.empty()) {
    add({Op::kSql, "", {}, filter.condition, {}});
  }
  return conditions;
}

}  // namespace forkdb
