#include "query/filter/condition.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/escape.h"

namespace forkdb {
namespace {

using Op = Condition::Op;

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const unsigned char byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

// What a terminal or a reader could take for something else is written in
// hexadecimal.
std::string TextLiteral(const std::string& text) {
  if (EscapeForDisplay(text) != text) {
    return fmt::format("CAST(x'{}' AS TEXT)", Hex(text));
  }
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

std::string Literal(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return std::to_string(*number);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return fmt::format("{}", *real);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return TextLiteral(*text);
  }
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return fmt::format("x'{}'", Hex(blob->bytes));
  }
  return "NULL";
}

struct Words {
  std::function<std::string(std::string_view)> column;
  std::function<std::string(const Value&)> value;
};

std::string Print(const Condition& condition, const Words& words);

std::string PrintParts(const Condition& condition, const char* between,
                       const char* none, const Words& words) {
  if (condition.parts.empty()) return none;
  std::vector<std::string> parts;
  for (const Condition& part : condition.parts) {
    parts.push_back(Print(part, words));
  }
  if (parts.size() == 1) return parts.front();
  return fmt::format("({})", fmt::join(parts, between));
}

std::string Print(const Condition& condition, const Words& words) {
  const auto column = [&] { return words.column(condition.column); };
  const auto value = [&] { return words.value(condition.values.front()); };
  switch (condition.op) {
    case Op::kAll:
      return PrintParts(condition, " AND ", "1", words);
    case Op::kAny:
      return PrintParts(condition, " OR ", "0", words);
    case Op::kNot:
      return fmt::format("({}) IS NOT TRUE",
                         Print(condition.parts.front(), words));
    case Op::kIn: {
      std::vector<std::string> values;
      for (const Value& each : condition.values) {
        values.push_back(words.value(each));
      }
      return values.size() == 1
                 ? fmt::format("{} = {}", column(), values.front())
                 : fmt::format("{} IN ({})", column(), fmt::join(values, ", "));
    }
    case Op::kInSelect:
      return fmt::format("{} IN ({})", column(), condition.sql);
    case Op::kGlob:
      return fmt::format("CAST({} AS TEXT) GLOB {}", column(), value());
    case Op::kAllBits:
      return fmt::format("~{} & {} = 0", column(), value());
    case Op::kAnyBit:
      return fmt::format("{} & {} <> 0", column(), value());
    case Op::kNoBit:
      return fmt::format("{} & {} = 0", column(), value());
    case Op::kAtLeast:
      return fmt::format("{} >= {}", column(), value());
    case Op::kAtMost:
      return fmt::format("{} <= {}", column(), value());
    case Op::kIsNotNull:
      return fmt::format("{} IS NOT NULL", column());
    case Op::kSql:
      // The newline ends a comment that the condition may end in.
      return fmt::format("({}\n)", condition.sql);
  }
  return "1";
}

}  // namespace

Condition AllOf(std::vector<Condition> parts) {
  return {Op::kAll, "", {}, "", std::move(parts)};
}

Condition AnyOf(std::vector<Condition> parts) {
  return {Op::kAny, "", {}, "", std::move(parts)};
}

Condition Not(Condition part) {
  return {Op::kNot, "", {}, "", {std::move(part)}};
}

Condition Is(Op op, std::string column, std::vector<Value> values) {
  return {op, std::move(column), std::move(values), "", {}};
}

std::vector<std::string> ColumnsOf(const Condition& condition) {
  std::vector<std::string> columns;
  const auto add = [&](const std::string& column) {
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      columns.push_back(column);
    }
  };
  if (!condition.column.empty()) add(condition.column);
  for (const Condition& part : condition.parts) {
    for (const std::string& column : ColumnsOf(part)) add(column);
  }
  return columns;
}

std::string ToSql(const Condition& condition) {
  return Print(
      condition,
      {[](std::string_view column) { return std::string(column); }, Literal});
}

std::string ToBoundSql(
    const Condition& condition,
    const std::function<std::string(std::string_view)>& column_sql,
    Row* values) {
  return Print(condition, {column_sql, [values](const Value& value) {
                             values->push_back(value);
                             return std::string("?");
                           }});
}

}  // namespace forkdb
