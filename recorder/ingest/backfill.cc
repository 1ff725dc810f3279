#include "recorder/ingest/backfill.h"

#include <set>
#include <utility>

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

}  // namespace

Backfill::Backfill(SQLite::Database* database)
    : database_(database),
      insert_(*WithLateTable(database),
              "INSERT OR IGNORE INTO temp.late (id, child_pid, child_start_ns) "
              "VALUES (?1, ?2, ?3)"),
      // Threads among the late records match nothing, because no tgid is a
      // thread's id together with its start time.
      link_(*database,
            FormatSql("WITH calls AS (SELECT late.id AS late, "
                      "p.block * {kBlockRecords} + c.value AS id "
                      "FROM temp.late CROSS JOIN pid_blocks AS p "
                      "ON p.pid = late.child_pid AND p.caller_id = 0 "
                      "AND p.block BETWEEN late.id / {kBlockRecords} "
                      "AND (late.id / {kSeqLimit} + 1) * {kStreamBlocks} "
                      "CROSS JOIN json_each(p.calls) AS c) "
                      "UPDATE main.records SET caller_id = late.id "
                      "FROM calls CROSS JOIN temp.late ON late.id = calls.late "
                      "WHERE records.id = calls.id AND records.id > late.id "
                      "AND records.id / {kSeqLimit} = late.id / {kSeqLimit} "
                      "AND records.tgid = late.child_pid "
                      "AND records.start_ns = late.child_start_ns "
                      "RETURNING records.id / {kBlockRecords}, pid, tgid")) {}

void Backfill::Add(int64_t id, const Record& record) {
  Run({id, record.child_pid, record.child_start_ns}, &insert_);
  is_empty_ = false;
}

void Backfill::Link(CallerIndex* calls) {
  if (is_empty_) return;
  std::set<std::pair<int64_t, int64_t>> changed;
  while (link_.executeStep()) {
    const int64_t block = link_.getColumn(0).getInt64();
    changed.emplace(link_.getColumn(1).getInt64(), block);
    changed.emplace(link_.getColumn(2).getInt64(), block);
  }
  link_.reset();
  for (const auto& [pid, block] : changed) calls->Rewrite(pid, block);
  database_->exec("DELETE FROM temp.late");
  is_empty_ = true;
}

}  // namespace forkdb
