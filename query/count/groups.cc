#include "query/count/groups.h"

#include <algorithm>
#include <string>
#include <variant>

namespace forkdb {
namespace {

int Compare(const Value& left, const Value& right) {
  if (left.index() != right.index()) {
    return left.index() < right.index() ? -1 : 1;
  }
  if (const auto* blob = std::get_if<Blob>(&left)) {
    return blob->bytes.compare(std::get<Blob>(right).bytes);
  }
  const auto order = [](const auto& a, const auto& b) {
    return a < b ? -1 : b < a ? 1 : 0;
  };
  if (const auto* integer = std::get_if<int64_t>(&left)) {
    return order(*integer, std::get<int64_t>(right));
  }
  if (const auto* real = std::get_if<double>(&left)) {
    return order(*real, std::get<double>(right));
  }
  if (const auto* text = std::get_if<std::string>(&left)) {
    return text->compare(std::get<std::string>(right));
  }
  return 0;
}

}  // namespace

bool RowLess::operator()(const Row& left, const Row& right) const {
  return std::lexicographical_compare(
      left.begin(), left.end(), right.begin(), right.end(),
      [](const Value& a, const Value& b) { return Compare(a, b) < 0; });
}

std::vector<Row> LargestGroups(const Groups& groups,
                               const std::optional<int64_t>& limit) {
  std::vector<Row> rows;
  for (const auto& [values, records] : groups) {
    rows.push_back(values);
    rows.back().emplace_back(records);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::get<int64_t>(a.back()) > std::get<int64_t>(b.back());
  });
  if (limit && static_cast<size_t>(*limit) < rows.size()) {
    rows.resize(static_cast<size_t>(*limit));
  }
  return rows;
}

}  // namespace forkdb
