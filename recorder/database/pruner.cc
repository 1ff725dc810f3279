#include "recorder/database/pruner.h"

#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "recorder/database/unused_names.h"
#include "recorder/ingest/run.h"
#include "store/record.h"
#include "store/schema.h"

namespace forkdb {
namespace {

// The work of a few milliseconds.
constexpr int64_t kPagesAtOnce = 256;
// SQLite truncates a longer log to this size when it starts again from its
// beginning.
constexpr int kLogBytes = 4 << 20;

int64_t ReadPragma(const char* name, SQLite::Database* database) {
  return database->execAndGet(fmt::format("PRAGMA {}", name)).getInt64();
}

}  // namespace

Pruner::Pruner(SQLite::Database* database)
    : database_(database),
      page_bytes_(ReadPragma("page_size", database)),
      blocks_(database),
      calls_(database),
      order_(database),
      thinner_(database) {
  database->exec(fmt::format("PRAGMA journal_size_limit = {}", kLogBytes));
}

std::optional<BlockAge> Pruner::FirstOld(int64_t before_ns, int64_t now_ns) {
  if (before_ns != kAnyTime) {
    const std::optional<int64_t> time_ns = order_.FirstTime(now_ns);
    if (!time_ns || *time_ns >= before_ns) return std::nullopt;
  }
  return order_.First();
}

std::optional<BlockAge> Pruner::Prune(int64_t before_ns, int64_t now_ns) {
  // Most calls find nothing to do, so they need no write transaction.
  if (!FirstOld(before_ns, now_ns)) return std::nullopt;
  SQLite::Transaction transaction(*database_,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  const std::optional<BlockAge> age = FirstOld(before_ns, now_ns);
  if (!age) return std::nullopt;
  DeleteBlock(age->block);
  transaction.commit();
  return age;
}

std::optional<BlockAge> Pruner::MakeRoom() {
  std::optional<BlockAge> age;
  SQLite::Transaction transaction(*database_,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  const std::optional<Thinner::Target> target = thinner_.Find();
  const std::optional<BlockAge> first = order_.First();
  if (!first) return std::nullopt;
  if (!target || (target->whole && target->block == first->block)) {
    if (target) thinner_.Spend();
    age = first;
    DeleteBlock(age->block);
  } else {
    age = BlockAge{target->block, thinner_.Thin(target->block), 0};
  }
  transaction.commit();
  return age;
}

void Pruner::Trim(int64_t limit_bytes) {
  // The part of the limit that each of these tables may use.
  const int64_t part_bytes = limit_bytes / 16;
  // The size of a row with its index entries.
  constexpr int64_t kDrainBytes = 64;
  constexpr int64_t kAliveBytes = 192;
  SQLite::Transaction transaction(*database_,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  // A line is stored twice: in its row and in the index.
  for (const auto& [sql, limit] :
       {std::pair("DELETE FROM rejects WHERE id <= (SELECT id FROM (SELECT id, "
                  "sum(2 * length(line) + 128) OVER (ORDER BY id DESC) AS "
                  "bytes FROM rejects) WHERE bytes > ?1 "
                  "ORDER BY id DESC LIMIT 1)",
                  part_bytes),
        std::pair("DELETE FROM rejects WHERE drain <= "
                  "(SELECT max(id) - ?1 FROM drains)",
                  part_bytes / kDrainBytes),
        std::pair("DELETE FROM drains WHERE id <= "
                  "(SELECT max(id) - ?1 FROM drains)",
                  part_bytes / kDrainBytes),
        std::pair("UPDATE alive SET parent = NULL WHERE parent > "
                  "(SELECT id FROM alive ORDER BY id LIMIT 1 OFFSET ?1)",
                  part_bytes / kAliveBytes),
        std::pair("DELETE FROM alive WHERE id > "
                  "(SELECT id FROM alive ORDER BY id LIMIT 1 OFFSET ?1)",
                  part_bytes / kAliveBytes)}) {
    RunSql(sql, {limit}, database_);
  }
  transaction.commit();
}

void Pruner::DeleteBlock(int64_t block) {
  // Before the records are deleted, because they tell which names to check.
  DeleteUnusedNames(
      FormatSql("records WHERE id BETWEEN ?1 * {kBlockRecords} AND "
                "(?1 + 1) * {kBlockRecords} - 1"),
      block, database_);
  blocks_.Forget(block);
  calls_.Forget(block);
  Delete(block);
  DeleteDrains();
  DeleteAlive();
}

void Pruner::Delete(int64_t block) {
  const int64_t stream = StreamOf(FirstIdOf(block));
  const int64_t last_seq = LastIdOf(block) % kSeqLimit;
  RunSql("DELETE FROM records WHERE id BETWEEN ?1 AND ?2",
         {FirstIdOf(block), LastIdOf(block)}, database_);
  for (const char* sql :
       {"UPDATE streams SET pruned_seq = min(?2, next_seq - 1), thinned = "
        "thinned - (SELECT ifnull(sum(records), 0) FROM thinned WHERE block "
        "BETWEEN ?1 * {kStreamBlocks} AND ?1 * {kStreamBlocks} + ?2 / "
        "{kBlockRecords}), pruned_missed = pruned_missed + "
        "ifnull((SELECT sum(calls) FROM missed WHERE stream = ?1 AND "
        "seq <= ?2), 0) WHERE id = ?1",
        "DELETE FROM missed WHERE stream = ?1 AND seq <= ?2",
        "DELETE FROM thinned WHERE block BETWEEN ?1 * {kStreamBlocks} AND "
        "?1 * {kStreamBlocks} + ?2 / {kBlockRecords}",
        "DELETE FROM gaps WHERE stream = ?1 AND first_seq <= ?2 "
        "AND last_seq <= ?2",
        "UPDATE gaps SET first_seq = ?2 + 1 WHERE stream = ?1 "
        "AND first_seq <= ?2"}) {
    RunSql(FormatSql(sql), {stream, last_seq}, database_);
  }
}

// Deletes drains in their order, up to the first one that has a record left.
// Checking all of them would take longer the more days are kept.
void Pruner::DeleteDrains() {
  const int64_t first_left =
      database_
          ->execAndGet(FormatSql(
              "SELECT ifnull((SELECT d.id FROM drains AS d CROSS JOIN streams "
              "AS s ON s.id = d.stream WHERE d.last_id > s.id * {kSeqLimit} "
              "+ s.pruned_seq ORDER BY d.id LIMIT 1), "
              "(SELECT ifnull(max(id), 0) + 1 FROM drains))"))
          .getInt64();
  for (const char* sql :
       {"DELETE FROM rejects WHERE id < ifnull((SELECT id FROM rejects "
        "WHERE drain >= ?1 ORDER BY id LIMIT 1), 9223372036854775807)",
        "DELETE FROM drains WHERE id < ?1"}) {
    RunSql(sql, {first_left}, database_);
  }
}

// Keeps the latest boot: it may still be recorded, and a new file has no
// records yet.
void Pruner::DeleteAlive() {
  database_->exec(
      "DELETE FROM alive WHERE boot < (SELECT max(id) FROM boots) "
      "AND boot NOT IN (SELECT boot FROM streams "
      "WHERE next_seq - 1 > pruned_seq)");
}

bool Pruner::GiveBack(int64_t spare_bytes) {
  const int64_t spare = spare_bytes / page_bytes_;
  const int64_t before = FreePages();
  if (before <= spare) return false;
  database_->exec(fmt::format("PRAGMA incremental_vacuum({})",
                              std::min(before - spare, kPagesAtOnce)));
  const int64_t after = FreePages();
  return after > spare && after < before;
}

int64_t Pruner::UsedBytesOf(SQLite::Database* database) {
  return (ReadPragma("page_count", database) -
          ReadPragma("freelist_count", database)) *
         ReadPragma("page_size", database);
}

int64_t Pruner::FreePages() { return ReadPragma("freelist_count", database_); }

}  // namespace forkdb
