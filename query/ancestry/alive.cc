#include "query/ancestry/alive.h"

#include "store/schema.h"
#include "store/statement.h"
#include "terminal/value.h"

namespace forkdb {
namespace {

// ?1 is the boot. A thread id is never a process's pid with its start, but a
// thread may be the first to have had it.
constexpr char kMadeSql[] =
    "INSERT OR IGNORE INTO temp.made "
    "WITH candidates (block) AS (SELECT b.block FROM streams AS s "
    "CROSS JOIN blocks AS b ON b.block BETWEEN s.id * {kStreamBlocks} "
    "AND (s.id + 1) * {kStreamBlocks} - 1 WHERE s.boot = ?1 "
    "AND EXISTS (SELECT 1 FROM alive AS a WHERE a.boot = ?1 "
    "AND a.start_tick BETWEEN b.first_child_start_ns / {kTickNs} "
    "AND b.last_child_start_ns / {kTickNs}) "
    "UNION SELECT o.block FROM open_blocks AS o JOIN streams AS s "
    "ON s.id = o.block / {kStreamBlocks} WHERE s.boot = ?1) "
    "SELECT a.id, min(r.id) FROM candidates AS c CROSS JOIN records AS r "
    "ON r.id BETWEEN c.block * {kBlockRecords} "
    "AND (c.block + 1) * {kBlockRecords} - 1 "
    "CROSS JOIN alive AS a ON a.boot = ?1 AND a.pid = r.child_pid "
    "AND a.start_tick = r.child_start_ns / {kTickNs} "
    "JOIN flag_sets AS f ON f.id = r.flag_set "
    "WHERE r.ret > 0 AND NOT f.flags & {CLONE_THREAD} GROUP BY a.id";

constexpr char kBootSql[] =
    "SELECT boot FROM streams WHERE id = ?1 / {kSeqLimit}";
constexpr char kBootOfAliveSql[] = "SELECT boot FROM alive WHERE id = ?1";

// The first cell, 0 if there is none.
int64_t Find(const char* sql, const Row& values, SQLite::Database* database) {
  SQLite::Statement statement(*database, FormatSql(sql));
  BindAll(values, &statement);
  return statement.executeStep() ? statement.getColumn(0).getInt64() : 0;
}

}  // namespace

std::optional<Process> ProcessAt(const SQLite::Statement& row, int column) {
  for (const auto kind : {Process::Kind::kRecorded, Process::Kind::kAlive}) {
    if (!row.isColumnNull(column)) {
      return Process{kind, row.getColumn(column).getInt64()};
    }
    ++column;
  }
  return std::nullopt;
}

int64_t BootOf(const Process& process, SQLite::Database* database) {
  const bool is_alive = process.kind == Process::Kind::kAlive;
  return Find(is_alive ? kBootOfAliveSql : kBootSql, {process.id}, database);
}

void StoreMade(int64_t boot, SQLite::Database* database) {
  database->exec(
      "DROP TABLE IF EXISTS temp.made; "
      "CREATE TEMP TABLE made (alive INTEGER PRIMARY KEY, record INTEGER); "
      "CREATE INDEX temp.made_by_record ON made (record)");
  if (Find("SELECT 1 FROM alive WHERE boot = ? LIMIT 1", {boot}, database) ==
      0) {
    return;
  }
  SQLite::Statement insert(*database, FormatSql(kMadeSql));
  insert.bind(1, boot);
  insert.exec();
}

}  // namespace forkdb
