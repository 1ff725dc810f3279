#include "query/search/merge.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <variant>

namespace forkdb {

void Merge::Add(size_t number, NextRow source) {
  Head head;
  head.number = number;
  head.source = std::move(source);
  if (!head.source(&head.row)) return;
  head.time_ns = IntegerOr(head.row.front(), 0);
  heads_.push_back(std::move(head));
}

bool Merge::Precedes(const Head& first, const Head& second) const {
  const Head& early = descending_ ? second : first;
  const Head& late = descending_ ? first : second;
  return std::tie(early.time_ns, early.number) <
         std::tie(late.time_ns, late.number);
}

std::optional<size_t> Merge::Next(Row* row) {
  const auto next = std::min_element(
      heads_.begin(), heads_.end(),
      [&](const Head& a, const Head& b) { return Precedes(a, b); });
  if (next == heads_.end()) return std::nullopt;
  const size_t number = next->number;
  std::swap(*row, next->row);
  if (next->source(&next->row)) {
    next->time_ns = IntegerOr(next->row.front(), 0);
  } else {
    heads_.erase(next);
  }
  return number;
}

}  // namespace forkdb
