#include "query/search/plain_sql.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include "query/ancestry/under.h"
#include "query/filter/condition.h"
#include "query/filter/time_bucket.h"

namespace forkdb {
namespace {

// "", or " WHERE …" with a condition a line.
std::string Where(const Filter& filter) {
  std::vector<std::string> parts;
  for (const Condition& condition : ConditionsOf(filter)) {
    parts.push_back(ToSql(condition));
  }
  if (filter.under) {
    parts.push_back(ToSql(
        {Condition::Op::kInSelect, "id", {}, UnderSql(*filter.under), {}}));
  }
  if (parts.empty()) return "";
  return fmt::format("\nWHERE {}", fmt::join(parts, "\n  AND "));
}

std::string Limit(const std::optional<int64_t>& limit) {
  return limit ? fmt::format(" LIMIT {}", *limit) : "";
}

std::string BucketSql(const TimeBucket& bucket) {
  return fmt::format("strftime('{}', time_ns / {}, 'unixepoch') AS {}",
                     bucket.sql_format, kNsPerSecond, bucket.name);
}

}  // namespace

std::string PlainSql(const Filter& filter, const Shape& shape, bool by_time) {
  const std::string order = by_time ? "time_ns, id" : "id";
  const std::string turned = by_time ? "time_ns DESC, id DESC" : "id DESC";
  const std::string columns = fmt::format("{}", fmt::join(shape.columns, ", "));
  const std::string from = "forks" + Where(filter);
  const std::string limit = Limit(shape.limit);
  if (!shape.order.empty()) {
    return fmt::format("SELECT {}\nFROM {}\nORDER BY {}{}", columns, from,
                       ParseOrder(shape.order, shape.reverse), limit);
  }
  if (shape.reverse) {
    return fmt::format("SELECT {}\nFROM {}\nORDER BY {}{}", columns, from,
                       turned, limit);
  }
  if (!shape.limit) {
    return fmt::format("SELECT {}\nFROM {}\nORDER BY {}", columns, from, order);
  }
  // The newest, oldest first.
  return fmt::format(
      "SELECT {}\nFROM (SELECT * FROM {}\nORDER BY {}{})\nORDER BY {}", columns,
      from, turned, limit, order);
}

std::string PlainGroupSql(const Filter& filter,
                          const std::vector<std::string>& columns,
                          const Shape& shape) {
  const std::string from = "forks" + Where(filter);
  if (columns.empty()) {
    return fmt::format("SELECT count(*) AS records\nFROM {}", from);
  }
  std::vector<std::string> selected;
  std::vector<std::string> turned;
  bool by_time = false;
  for (const std::string& column : columns) {
    const TimeBucket* bucket = FindTimeBucket(column);
    by_time = by_time || bucket != nullptr;
    selected.push_back(bucket == nullptr ? column : BucketSql(*bucket));
    turned.push_back(column + " DESC");
  }
  const std::string names = fmt::format("{}", fmt::join(columns, ", "));
  const std::string sql = fmt::format(
      "SELECT {}, count(*) AS records\nFROM {}\nGROUP BY {}\n"
      "ORDER BY records DESC, {}{}",
      fmt::join(selected, ", "), from, names, names, Limit(shape.limit));
  if (!by_time && !shape.reverse) return sql;
  const std::string order =
      shape.reverse ? fmt::format("{}", fmt::join(turned, ", ")) : names;
  return fmt::format("SELECT * FROM ({})\nORDER BY {}{}", sql,
                     by_time ? "" : "records, ", order);
}

}  // namespace forkdb
