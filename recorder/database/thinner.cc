#include "recorder/database/thinner.h"

#include <fmt/core.h>

#include <algorithm>

#include "recorder/database/unused_names.h"
#include "recorder/ingest/run.h"
#include "store/record.h"
#include "store/schema.h"

namespace forkdb {
namespace {

// A plan frees this part of the records' size. Then the shares are measured
// again.
constexpr double kPart = 1.0 / 16;
// With more users than this, all blocks are searched in turn, because a search
// for each user would take longer.
constexpr size_t kMostLookUps = 256;

// Ends an INSERT INTO thinned.
constexpr char kAddUp[] =
    "ON CONFLICT DO UPDATE SET records = records + excluded.records, "
    "first_time_ns = min(first_time_ns, excluded.first_time_ns), "
    "last_time_ns = max(last_time_ns, excluded.last_time_ns)";

// The rows of block ?1 if this block and the next one have only thinned
// records: no record, no gap, and no number still to come. ?2 is the first
// block of stream ?3.
constexpr char kEmptyBeforeEmpty[] =
    "FROM thinned WHERE block = ?1 AND ?1 >= ?2 AND EXISTS (SELECT 1 FROM "
    "thinned WHERE block = ?1 + 1) AND NOT EXISTS (SELECT 1 FROM blocks "
    "WHERE block IN (?1, ?1 + 1)) AND ?1 + 1 < (SELECT (id * {kSeqLimit} "
    "+ next_seq - 1) / {kBlockRecords} FROM streams WHERE id = ?3) AND "
    "ifnull((SELECT last_seq FROM gaps WHERE stream = ?3 AND first_seq < "
    "(?1 + 1) * {kBlockRecords} - ?3 * {kSeqLimit} ORDER BY first_seq DESC "
    "LIMIT 1) < ?1 * {kBlockRecords} - ?3 * {kSeqLimit}, TRUE)";

SQLite::Database* WithDoomed(SQLite::Database* database) {
  database->exec(
      "CREATE TEMP TABLE IF NOT EXISTS doomed (id INTEGER PRIMARY KEY, share "
      "INTEGER, time_ns INTEGER, user INTEGER, comm INTEGER, flag_set INTEGER, "
      "namespace_set INTEGER)");
  return database;
}

}  // namespace

Thinner::Thinner(SQLite::Database* database)
    : database_(WithDoomed(database)),
      blocks_(database),
      calls_(database),
      shares_(database) {}

void Thinner::MakePlan() {
  plan_ = shares_.Measure();
  double bytes = 0;
  for (const Share& share : plan_) bytes += share.bytes();
  quotas_ = CutLargest(bytes * kPart, plan_);
  place_ = Place();
}

std::optional<Thinner::Target> Thinner::Find() {
  bool fresh = false;
  for (;;) {
    while (const std::optional<int64_t> block = NextBlock()) {
      const Target target = Choose(*block);
      if (target.block != 0) return target;
    }
    if (fresh) return std::nullopt;
    MakePlan();
    fresh = true;
  }
}

std::optional<int64_t> Thinner::NextBlock() {
  plan_.erase(std::remove_if(plan_.begin(), plan_.end(),
                             [&](const Share& share) {
                               const auto quota = quotas_.find(share.share);
                               return quota == quotas_.end() ||
                                      quota->second <= 0;
                             }),
              plan_.end());
  if (plan_.empty()) return std::nullopt;
  do {
    if (place_.stream != 0) {
      const std::optional<int64_t> block = NextBlockOfStream();
      if (block) {
        place_.block = *block;
        return block;
      }
    }
  } while (NextStream());
  return std::nullopt;
}

std::optional<int64_t> Thinner::NextBlockOfStream() {
  const int64_t last = BlockOf(RecordId(place_.stream, kSeqLimit - 1));
  size_t users = 0;
  for (const Share& share : plan_) users += share.users.size();
  if (users > kMostLookUps) {
    SQLite::Statement next(*database_,
                           "SELECT block FROM blocks WHERE block > ?1 AND "
                           "block <= ?2 ORDER BY block LIMIT 1");
    return FindInteger({place_.block, last}, &next);
  }
  SQLite::Statement next(*database_,
                         "SELECT block FROM user_blocks WHERE user = ?1 AND "
                         "block > ?2 AND block <= ?3 ORDER BY block LIMIT 1");
  std::optional<int64_t> block;
  for (const Share& share : plan_) {
    for (const int64_t user : share.users) {
      const int64_t end = block ? *block - 1 : last;
      const std::optional<int64_t> first =
          FindInteger({user, place_.block, end}, &next);
      if (first) block = first;
    }
  }
  return block;
}

bool Thinner::NextStream() {
  SQLite::Statement next(*database_,
                         "SELECT boot, id FROM streams WHERE "
                         "(boot, id) > (?1, ?2) ORDER BY boot, id LIMIT 1");
  next.bind(1, place_.boot);
  next.bind(2, place_.stream);
  if (!next.executeStep()) return false;
  place_.boot = next.getColumn(0).getInt64();
  place_.stream = next.getColumn(1).getInt64();
  place_.block = BlockOf(RecordId(place_.stream, 0)) - 1;
  return true;
}

Thinner::Target Thinner::Choose(int64_t block) {
  database_->exec("DELETE FROM temp.doomed");
  SQLite::Statement find(
      *database_,
      "SELECT r.id, u.uid, r.time_ns, r.user, r.comm, r.flag_set, "
      "r.namespace_set FROM records AS r JOIN users AS u ON u.id = r.user "
      "WHERE r.id BETWEEN ?1 AND ?2");
  find.bind(1, FirstIdOf(block));
  find.bind(2, LastIdOf(block));
  SQLite::Statement insert(
      *database_,
      "INSERT INTO temp.doomed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  Target target;
  target.whole = true;
  while (find.executeStep()) {
    const int64_t share = ShareOf(find.getColumn(1).getInt64());
    const auto quota = quotas_.find(share);
    // A share loses all of its records in the block, even if that is more than
    // it has to lose.
    if (quota == quotas_.end() || quota->second <= 0) {
      target.whole = false;
      continue;
    }
    target.block = block;
    insert.bind(1, find.getColumn(0).getInt64());
    insert.bind(2, share);
    for (int i = 2; i < find.getColumnCount(); ++i) {
      insert.bind(i + 1, find.getColumn(i).getInt64());
    }
    insert.exec();
    insert.reset();
  }
  return target;
}

int64_t Thinner::Thin(int64_t block) {
  blocks_.Forget(block);
  calls_.Forget(block);
  database_->exec(
      "DELETE FROM records WHERE id IN (SELECT id FROM temp.doomed)");
  const int64_t thinned = database_->getChanges();
  blocks_.Summarise(block);
  calls_.Restore(block);
  DeleteUnusedNames("temp.doomed", 0, database_);
  CountThinned(block);
  CloseEmpty(block);
  Spend();
  return thinned;
}

void Thinner::Spend() {
  SQLite::Statement counts(
      *database_, "SELECT share, count(*) FROM temp.doomed GROUP BY share");
  while (counts.executeStep()) {
    quotas_[counts.getColumn(0).getInt64()] -= counts.getColumn(1).getInt64();
  }
}

void Thinner::CountThinned(int64_t block) {
  RunSql(
      fmt::format("INSERT INTO thinned (block, uid, records, first_time_ns, "
                  "last_time_ns) SELECT ?1, share, count(*), min(time_ns), "
                  "max(time_ns) FROM temp.doomed WHERE TRUE GROUP BY share {}",
                  kAddUp),
      {block}, database_);
  RunSql(
      "UPDATE streams SET thinned = thinned + (SELECT count(*) FROM "
      "temp.doomed) WHERE id = ?1",
      {StreamOf(FirstIdOf(block))}, database_);
}

void Thinner::CloseEmpty(int64_t block) {
  const int64_t stream = StreamOf(FirstIdOf(block));
  SQLite::Statement empty(
      *database_,
      FormatSql(
          "SELECT ?2 < (?1 * {kSeqLimit} + next_seq - 1) / {kBlockRecords} "
          "AND NOT EXISTS (SELECT 1 FROM blocks WHERE block = ?2) "
          "FROM streams WHERE id = ?1"));
  if (FindInteger({stream, block}, &empty).value_or(0) == 0) return;
  const int64_t first = FirstIdOf(block) - RecordId(stream, 0);
  const int64_t last = LastIdOf(block) - RecordId(stream, 0);
  // From now on no record may be stored late in this block, because its numbers
  // are counted together with those of other blocks below.
  SplitGap(stream, first);
  SplitGap(stream, last + 1);
  RunSql(
      fmt::format("INSERT INTO thinned (block, uid, records, first_time_ns, "
                  "last_time_ns) SELECT ?4, -1, sum(last_seq - first_seq + 1), "
                  "min(coalesce(after_ns, before_ns, noticed_ns)), "
                  "max(coalesce(before_ns, noticed_ns)) FROM gaps WHERE "
                  "stream = ?1 AND first_seq BETWEEN ?2 AND ?3 "
                  "GROUP BY stream {}",
                  kAddUp),
      {stream, first, last, block}, database_);
  for (const char* sql :
       {"UPDATE streams SET thinned = thinned + (SELECT ifnull(sum(last_seq - "
        "first_seq + 1), 0) FROM gaps WHERE stream = ?1 AND first_seq BETWEEN "
        "?2 AND ?3) WHERE id = ?1",
        "DELETE FROM gaps WHERE stream = ?1 AND first_seq BETWEEN ?2 AND ?3"}) {
    RunSql(sql, {stream, first, last}, database_);
  }
  const std::string empty_before_empty = FormatSql(kEmptyBeforeEmpty);
  // Consecutive empty blocks share one row per user.
  for (const int64_t before : {block - 1, block}) {
    const Values values = {before, BlockOf(RecordId(stream, 0)), stream};
    RunSql(
        fmt::format("INSERT INTO thinned (block, uid, records, first_time_ns, "
                    "last_time_ns) SELECT block + 1, uid, records, "
                    "first_time_ns, last_time_ns {} {}",
                    empty_before_empty, kAddUp),
        values, database_);
    RunSql(fmt::format("DELETE {}", empty_before_empty), values, database_);
  }
}

void Thinner::SplitGap(int64_t stream, int64_t seq) {
  RunSql(
      "INSERT INTO gaps (stream, first_seq, last_seq, noticed_ns, after_ns, "
      "before_ns) SELECT stream, ?2, last_seq, noticed_ns, after_ns, before_ns "
      "FROM (SELECT * FROM gaps WHERE stream = ?1 AND first_seq < ?2 "
      "ORDER BY first_seq DESC LIMIT 1) WHERE last_seq >= ?2",
      {stream, seq}, database_);
  RunSql(
      "UPDATE gaps SET last_seq = ?2 - 1 WHERE id = (SELECT id FROM gaps "
      "WHERE stream = ?1 AND first_seq < ?2 ORDER BY first_seq DESC LIMIT 1) "
      "AND last_seq >= ?2",
      {stream, seq}, database_);
}

}  // namespace forkdb
