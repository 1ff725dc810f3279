#include "store/pruning_order.h"

#include "store/record.h"
#include "store/schema.h"

namespace forkdb {
namespace {

BlockAge ReadAge(SQLite::Statement* statement) {
  return {statement->getColumn(0).getInt64(),
          statement->getColumn(1).getInt64(),
          statement->getColumn(2).getInt64()};
}

bool IsPlausible(int64_t time_ns, int64_t now_ns) {
  return time_ns >= kOldestTimeNs && time_ns <= now_ns;
}

}  // namespace

PruningOrder::PruningOrder(SQLite::Database* database)
    : next_stream_(*database,
                   "SELECT id FROM streams WHERE next_seq - 1 > pruned_seq "
                   "AND (boot, id) > (ifnull((SELECT boot FROM streams "
                   "WHERE id = ?1), 0), ?1) ORDER BY boot, id LIMIT 1"),
      next_closed_(*database,
                   "SELECT block, records, last_time_ns FROM blocks "
                   "WHERE block BETWEEN ?1 AND ?2 "
                   "AND last_time_ns BETWEEN ?3 AND ?4 "
                   "ORDER BY block LIMIT 1"),
      last_open_(
          *database,
          FormatSql("SELECT o.block, count(r.id), coalesce(max(r.time_ns), "
                    "(SELECT max(noticed_ns) FROM gaps WHERE stream = ?1), 0) "
                    "FROM (SELECT (?1 * {kSeqLimit} + next_seq - 1) / "
                    "{kBlockRecords} "
                    "AS block FROM streams WHERE id = ?1 AND next_seq - 1 > "
                    "pruned_seq) AS o LEFT JOIN records AS r "
                    "ON r.id BETWEEN o.block * {kBlockRecords} AND "
                    "(o.block + 1) * {kBlockRecords} - 1 WHERE o.block NOT IN "
                    "(SELECT block FROM blocks) GROUP BY o.block")) {}

int64_t PruningOrder::StreamAfter(int64_t stream) {
  next_stream_.bind(1, stream);
  const int64_t next =
      next_stream_.executeStep() ? next_stream_.getColumn(0).getInt64() : 0;
  next_stream_.reset();
  return next;
}

std::optional<BlockAge> PruningOrder::ClosedAfter(int64_t stream, int64_t block,
                                                  int64_t first_ns,
                                                  int64_t last_ns) {
  next_closed_.bind(1, block + 1);
  next_closed_.bind(2, BlockOf(RecordId(stream, kSeqLimit - 1)));
  next_closed_.bind(3, first_ns);
  next_closed_.bind(4, last_ns);
  std::optional<BlockAge> age;
  if (next_closed_.executeStep()) age = ReadAge(&next_closed_);
  next_closed_.reset();
  return age;
}

std::optional<BlockAge> PruningOrder::LastOpen(int64_t stream) {
  last_open_.bind(1, stream);
  std::optional<BlockAge> age;
  if (last_open_.executeStep()) age = ReadAge(&last_open_);
  last_open_.reset();
  return age;
}

std::optional<BlockAge> PruningOrder::First() {
  const int64_t stream = StreamAfter(0);
  if (stream == 0) return std::nullopt;
  const std::optional<BlockAge> closed =
      ClosedAfter(stream, BlockOf(RecordId(stream, 0)) - 1, 0, kAnyTime);
  return closed ? closed : LastOpen(stream);
}

std::optional<int64_t> PruningOrder::FirstTime(int64_t now_ns) {
  for (int64_t stream = StreamAfter(0); stream != 0;
       stream = StreamAfter(stream)) {
    const std::optional<BlockAge> closed = ClosedAfter(
        stream, BlockOf(RecordId(stream, 0)) - 1, kOldestTimeNs, now_ns);
    if (closed) return closed->last_time_ns;
    const std::optional<BlockAge> open = LastOpen(stream);
    if (open && IsPlausible(open->last_time_ns, now_ns)) {
      return open->last_time_ns;
    }
  }
  return std::nullopt;
}

std::vector<BlockAge> PruningOrder::All() {
  std::vector<BlockAge> blocks;
  for (int64_t stream = StreamAfter(0); stream != 0;
       stream = StreamAfter(stream)) {
    int64_t block = BlockOf(RecordId(stream, 0)) - 1;
    while (const auto closed = ClosedAfter(stream, block, 0, kAnyTime)) {
      blocks.push_back(*closed);
      block = closed->block;
    }
    if (const auto open = LastOpen(stream)) blocks.push_back(*open);
  }
  return blocks;
}

void PruningOrder::KeepOld(int64_t before_ns, int64_t now_ns,
                           std::vector<BlockAge>* blocks) {
  if (before_ns == kAnyTime) return;
  // Cut after the last old block with a plausible time. Blocks before it
  // without one are as old.
  size_t old = 0;
  for (size_t i = 0; i < blocks->size(); ++i) {
    const int64_t time_ns = (*blocks)[i].last_time_ns;
    if (!IsPlausible(time_ns, now_ns)) continue;
    if (time_ns >= before_ns) break;
    old = i + 1;
  }
  blocks->resize(old);
}

}  // namespace forkdb
