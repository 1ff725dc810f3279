#include "recorder/pruner.h"

#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "store/record.h"

namespace forkdb {
namespace {

// A millisecond's work or a few.
constexpr int64_t kPagesAtOnce = 256;
// What the log keeps when it starts again; it may have been longer.
constexpr int kLogBytes = 4 << 20;

// All blocks that hold records, closed or open, as BlockAge has it.
constexpr char kAges[] =
    "WITH ages AS (SELECT block, records, last_time_ns FROM blocks UNION ALL "
    "SELECT o.block, count(*), max(r.time_ns) FROM open_blocks AS o "
    "CROSS JOIN records AS r "
    "ON r.id BETWEEN o.block * 4096 AND o.block * 4096 + 4095 "
    "GROUP BY o.block) ";

// Blocks of one stream: 1000000000000 / 4096.
constexpr int64_t kStreamBlocks = kSeqLimit / kBlockRecords;

int64_t ReadPragma(const char* name, SQLite::Database* database) {
  return database->execAndGet(fmt::format("PRAGMA {}", name)).getInt64();
}

BlockAge ReadAge(SQLite::Statement* statement) {
  return {statement->getColumn(0).getInt64(),
          statement->getColumn(1).getInt64(),
          statement->getColumn(2).getInt64()};
}

}  // namespace

Pruner::Pruner(SQLite::Database* database)
    : database_(database),
      page_bytes_(ReadPragma("page_size", database)),
      blocks_(database),
      calls_(database),
      oldest_(*database,
              // A stream's lowest block, which is a closed one if it has one.
              "SELECT b.block, b.records, b.last_time_ns FROM streams AS s "
              "CROSS JOIN blocks AS b ON b.block = (SELECT min(block) FROM "
              "blocks WHERE block BETWEEN s.id * ?1 AND s.id * ?1 + ?1 - 1) "
              "UNION ALL SELECT o.block, count(*), max(r.time_ns) "
              "FROM open_blocks AS o CROSS JOIN records AS r "
              "ON r.id BETWEEN o.block * 4096 AND o.block * 4096 + 4095 "
              "WHERE NOT EXISTS (SELECT 1 FROM blocks AS b WHERE b.block "
              "BETWEEN o.block / ?1 * ?1 AND o.block) GROUP BY o.block "
              "ORDER BY 3, 1 LIMIT 1") {
  oldest_.bind(1, kStreamBlocks);
  database->exec(fmt::format("PRAGMA journal_size_limit = {}", kLogBytes));
}

std::optional<BlockAge> Pruner::Oldest() {
  std::optional<BlockAge> age;
  if (oldest_.executeStep()) age = ReadAge(&oldest_);
  oldest_.reset();
  return age;
}

std::optional<BlockAge> Pruner::Prune(int64_t before_ns) {
  const auto goes = [&](const std::optional<BlockAge>& age) {
    return age && age->last_time_ns < before_ns;
  };
  // Most calls find nothing to do, and need not wait for who is writing.
  if (!goes(Oldest())) return std::nullopt;
  SQLite::Transaction transaction(*database_,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  const std::optional<BlockAge> age = Oldest();
  if (!goes(age)) return std::nullopt;
  DeleteNames(age->block);
  blocks_.Forget(age->block);
  calls_.Forget(age->block);
  Delete(age->block);
  DeleteDrains();
  DeleteAlive();
  transaction.commit();
  return age;
}

// Before the records go: they say which names to look at.
void Pruner::DeleteNames(int64_t block) {
  constexpr const char* kNames[][2] = {{"comms", "comm"},
                                       {"users", "user"},
                                       {"flag_sets", "flag_set"},
                                       {"namespace_sets", "namespace_set"}};
  for (const auto& [table, column] : kNames) {
    SQLite::Statement statement(
        *database_,
        fmt::format(
            "DELETE FROM {0} WHERE id IN (SELECT {1} FROM records WHERE id "
            "BETWEEN ?2 AND ?3) AND NOT EXISTS (SELECT 1 FROM {1}_blocks AS b "
            "WHERE b.{1} = {0}.id AND b.block <> ?1) AND id NOT IN (SELECT "
            "r.{1} FROM open_blocks AS o CROSS JOIN records AS r ON r.id "
            "BETWEEN o.block * 4096 AND o.block * 4096 + 4095 "
            "WHERE o.block <> ?1)",
            table, column));
    statement.bind(1, block);
    statement.bind(2, FirstIdOf(block));
    statement.bind(3, LastIdOf(block));
    statement.exec();
  }
}

void Pruner::Delete(int64_t block) {
  const int64_t stream = FirstIdOf(block) / kSeqLimit;
  const int64_t last_seq = LastIdOf(block) % kSeqLimit;
  SQLite::Statement records(*database_,
                            "DELETE FROM records WHERE id BETWEEN ?1 AND ?2");
  records.bind(1, FirstIdOf(block));
  records.bind(2, LastIdOf(block));
  records.exec();
  for (const char* sql :
       {"UPDATE streams SET pruned_seq = min(?2, next_seq - 1) WHERE id = ?1",
        "DELETE FROM gaps WHERE stream = ?1 AND first_seq <= ?2 "
        "AND last_seq <= ?2",
        "UPDATE gaps SET first_seq = ?2 + 1 WHERE stream = ?1 "
        "AND first_seq <= ?2"}) {
    SQLite::Statement statement(*database_, sql);
    statement.bind(1, stream);
    statement.bind(2, last_seq);
    statement.exec();
  }
}

// In their order up to the first that has a record left: a look at the rest
// would take longer with every day that is kept.
void Pruner::DeleteDrains() {
  const int64_t first_left =
      database_
          ->execAndGet(
              "SELECT ifnull((SELECT d.id FROM drains AS d CROSS JOIN streams "
              "AS s ON s.id = d.stream WHERE d.last_id > s.id * 1000000000000 "
              "+ s.pruned_seq ORDER BY d.id LIMIT 1), "
              "(SELECT ifnull(max(id), 0) + 1 FROM drains))")
          .getInt64();
  for (const char* sql :
       {"DELETE FROM rejects WHERE id < ifnull((SELECT id FROM rejects "
        "WHERE drain >= ?1 ORDER BY id LIMIT 1), 9223372036854775807)",
        "DELETE FROM drains WHERE id < ?1"}) {
    SQLite::Statement statement(*database_, sql);
    statement.bind(1, first_left);
    statement.exec();
  }
}

// The latest boot may still be recorded, and a new file has no records yet.
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

std::vector<BlockAge> PruningOrder(int64_t before_ns,
                                   SQLite::Database* database) {
  // A block waits for all before it in its stream.
  SQLite::Statement statement(
      *database,
      std::string(kAges) +
          "SELECT block, records, last_time_ns, max(last_time_ns) OVER "
          "(PARTITION BY block / ?1 ORDER BY block) AS wait_ns FROM ages "
          "ORDER BY wait_ns, block");
  statement.bind(1, kStreamBlocks);
  std::vector<BlockAge> ages;
  while (statement.executeStep() &&
         statement.getColumn(3).getInt64() < before_ns) {
    ages.push_back(ReadAge(&statement));
  }
  return ages;
}

}  // namespace forkdb
