#include "query/search/runs.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "store/record.h"
#include "store/statement.h"

namespace forkdb {

Runs::Runs(const Search& search, bool descending, int64_t from_id)
    : from_id_(from_id) {
  if (search.everywhere()) {
    known_ = {{from_id, std::numeric_limits<int64_t>::max()}};
    return;
  }
  const BoundSql question = search.BlocksSql(descending, BlockOf(from_id));
  blocks_.emplace(*search.database(), question.sql);
  BindAll(question.values, &*blocks_);
}

Runs::Runs(std::vector<IdRange> runs) : known_(std::move(runs)) {}

std::optional<IdRange> Runs::Next() {
  if (next_ < known_.size()) return known_[next_++];
  while (blocks_ && blocks_->executeStep()) {
    const int64_t block = blocks_->getColumn(0).getInt64();
    const int64_t last_id = LastIdOf(block);
    // BlocksSql() lists every open block, also those before from_id.
    if (last_id < from_id_) continue;
    return IdRange{std::max(FirstIdOf(block), from_id_), last_id};
  }
  blocks_.reset();
  return std::nullopt;
}

}  // namespace forkdb
