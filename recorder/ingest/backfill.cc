#include "recorder/ingest/backfill.h"

#include <fmt/core.h>

#include <string>

#include "recorder/ingest/run.h"
#include "store/schema.h"

namespace forkdb {
namespace {

// Creates the table for late records of successful calls.
SQLite::Database* WithLateTable(SQLite::Database* database) {
  database->exec(
      "CREATE TEMP TABLE IF NOT EXISTS late (id INTEGER, child_pid INTEGER, "
      "child_start_ns INTEGER, PRIMARY KEY (child_pid, child_start_ns)) "
      "WITHOUT ROWID");
  return database;
}

// SQL that sets caller_id in records whose caller a late record created. blocks
// joins the pid_blocks p to search. condition is one on records.
std::string LinkSql(const char* blocks, const char* condition) {
  return FormatSql(
      "WITH calls AS (SELECT late.id AS late, late.child_pid AS pid, "
      "late.child_start_ns AS start_ns, "
      "p.block * {kBlockRecords} + c.value AS id "
      "FROM temp.late {blocks} CROSS JOIN json_each(p.calls) AS c) "
      "UPDATE main.records SET caller_id = calls.late FROM calls "
      "WHERE records.id = calls.id AND {condition} "
      "AND records.tgid = calls.pid AND records.start_ns = calls.start_ns "
      "RETURNING records.id / {kBlockRecords}, pid, tgid",
      fmt::arg("blocks", FormatSql(blocks)),
      fmt::arg("condition", FormatSql(condition)));
}

// Threads among the late records match nothing, because no tgid is a thread's
// id together with its start time.
std::string LinkOwnSql() {
  return LinkSql(
      "CROSS JOIN main.pid_blocks AS p "
      "ON p.pid = late.child_pid AND p.caller_id = 0 "
      "AND p.block BETWEEN late.id / {kBlockRecords} "
      "AND (late.id / {kSeqLimit} + 1) * {kStreamBlocks}",
      "records.id > calls.late "
      "AND records.id / {kSeqLimit} = calls.late / {kSeqLimit}");
}

std::string LinkOthersSql() {
  return LinkSql(
      "CROSS JOIN main.streams AS s "
      "ON s.boot = ?1 AND s.id <> late.id / {kSeqLimit} "
      "CROSS JOIN main.pid_blocks AS p "
      "ON p.pid = late.child_pid AND p.caller_id = 0 "
      "AND p.block BETWEEN s.id * {kStreamBlocks} "
      "AND (s.id + 1) * {kStreamBlocks} - 1",
      "records.caller_id IS NULL");
}

}  // namespace

Backfill::Backfill(SQLite::Database* database)
    : database_(database),
      insert_(*WithLateTable(database),
              "INSERT OR IGNORE INTO temp.late (id, child_pid, child_start_ns) "
              "VALUES (?1, ?2, ?3)"),
      link_(*database, LinkOwnSql()),
      link_others_(*database, LinkOthersSql()) {}

void Backfill::ReadOthers(const StreamRow& stream) {
  boot_ = stream.boot;
  SQLite::Statement find(
      *database_,
      FormatSql("SELECT b.last_time_ns FROM streams AS s CROSS JOIN "
                "blocks AS b ON b.block BETWEEN s.id * {kStreamBlocks} "
                "AND (s.id + 1) * {kStreamBlocks} - 1 "
                "WHERE s.boot = ?1 AND s.id <> ?2 ORDER BY 1 DESC LIMIT 1"));
  newest_of_others_ns_ = FindInteger({stream.boot, stream.id}, &find);
}

void Backfill::Add(int64_t id, const Record& record, bool is_late) {
  if (record.failed()) return;
  if (!is_late &&
      (!newest_of_others_ns_ || record.time_ns > *newest_of_others_ns_)) {
    return;
  }
  Run({id, record.child_pid, record.child_start_ns}, &insert_);
  is_empty_ = false;
}

void Backfill::Link(CallerIndex* calls) {
  if (is_empty_) return;
  PidsInBlocks changed;
  Link(&link_, &changed);
  if (newest_of_others_ns_) {
    link_others_.bind(1, boot_);
    Link(&link_others_, &changed);
  }
  for (const auto& [pid, block] : changed) calls->Rewrite(pid, block);
  database_->exec("DELETE FROM temp.late");
  is_empty_ = true;
}

void Backfill::Link(SQLite::Statement* link, PidsInBlocks* changed) {
  while (link->executeStep()) {
    const int64_t block = link->getColumn(0).getInt64();
    changed->emplace(link->getColumn(1).getInt64(), block);
    changed->emplace(link->getColumn(2).getInt64(), block);
  }
  link->reset();
}

}  // namespace forkdb
