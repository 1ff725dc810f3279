#include "query/search/runs.h"

#include <algorithm>
#include <limits>

#include "store/record.h"
#include "store/statement.h"

namespace forkdb {

Runs::Runs(const Search& search, bool descending, int64_t from_id)
    : from_id_(from_id) {
  if (search.everywhere()) return;
  const BoundSql question = search.BlocksSql(descending, BlockOf(from_id));
  blocks_.emplace(*search.database(), question.sql);
  BindAll(question.values, &*blocks_);
}

std::optional<IdRange> Runs::Next() {
  if (done_) return std::nullopt;
  if (!blocks_) {
    done_ = true;
    return IdRange{from_id_, std::numeric_limits<int64_t>::max()};
  }
  while (blocks_->executeStep()) {
    const int64_t block = blocks_->getColumn(0).getInt64();
    const int64_t last_id = LastIdOf(block);
    if (last_id < from_id_) continue;  // an open block
    return IdRange{std::max(FirstIdOf(block), from_id_), last_id};
  }
  done_ = true;
  return std::nullopt;
}

}  // namespace forkdb
