#include "query/search/runs.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/saturate.h"
#include "store/record.h"
#include "store/statement.h"

namespace forkdb {

Runs::Runs(const Search& search, bool descending, int64_t from_id)
    : from_id_(from_id), descending_(descending), progress_(search.progress()) {
  if (progress_ != nullptr) ReadSpans(search.database());
  if (search.everywhere()) {
    CutAll(from_id);
    return;
  }
  const BoundSql question = search.BlocksSql(descending, BlockOf(from_id));
  blocks_.emplace(*search.database(), question.sql);
  BindAll(question.values, &*blocks_);
}

Runs::Runs(const Search& search, bool descending, const IdRange& ids)
    : from_id_(ids.first), to_id_(ids.last), descending_(descending) {
  if (search.everywhere()) {
    known_.push_back(ids);
    return;
  }
  const BoundSql question =
      search.BlocksSql(descending, BlockOf(ids.first), BlockOf(ids.last));
  blocks_.emplace(*search.database(), question.sql);
  BindAll(question.values, &*blocks_);
}

Runs::Runs(std::vector<IdRange> runs) : known_(std::move(runs)) {}

void Runs::ReadSpans(SQLite::Database* database) {
  SQLite::Statement find(*database,
                         "SELECT id, next_seq FROM streams "
                         "WHERE next_seq > 1 ORDER BY id");
  while (find.executeStep()) {
    const int64_t stream = find.getColumn(0).getInt64();
    const int64_t last_seq = Minus(find.getColumn(1).getInt64(), 1);
    // A forged database may have any numbers.
    if (stream <= 0 || last_seq >= kSeqLimit) continue;
    spans_.push_back(
        {BlockOf(RecordId(stream, 1)), BlockOf(RecordId(stream, last_seq))});
  }
}

// The runs cover every id, whatever the spans are.
void Runs::CutAll(int64_t from_id) {
  constexpr int64_t kBlocksPerRun = 16;
  int64_t first_id = from_id;
  for (const Span& span : spans_) {
    for (int64_t block = span.first_block + kBlocksPerRun;
         block <= span.last_block; block += kBlocksPerRun) {
      if (FirstIdOf(block) <= first_id) continue;
      known_.push_back({first_id, FirstIdOf(block) - 1});
      first_id = FirstIdOf(block);
    }
  }
  known_.push_back({first_id, std::numeric_limits<int64_t>::max()});
  if (descending_) std::reverse(known_.begin(), known_.end());
}

void Runs::TellProgress(int64_t block) {
  int64_t done = 0;
  int64_t all = 0;
  for (const Span& span : spans_) {
    const int64_t blocks = span.last_block - span.first_block + 1;
    done += std::clamp<int64_t>(block - span.first_block, 0, blocks);
    all += blocks;
  }
  progress_->Set(descending_ ? all - done : done, all);
}

std::optional<IdRange> Runs::Next() {
  if (next_ < known_.size()) {
    const IdRange& run = known_[next_++];
    if (!spans_.empty()) {
      TellProgress(BlockOf(descending_ ? run.last : run.first));
    }
    return run;
  }
  while (blocks_ && blocks_->executeStep()) {
    const int64_t block = blocks_->getColumn(0).getInt64();
    const int64_t last_id = LastIdOf(block);
    // BlocksSql() lists every open block, also those outside.
    if (last_id < from_id_ || FirstIdOf(block) > to_id_) continue;
    if (!spans_.empty()) TellProgress(block);
    return IdRange{std::max(FirstIdOf(block), from_id_),
                   std::min(last_id, to_id_)};
  }
  blocks_.reset();
  return std::nullopt;
}

}  // namespace forkdb
