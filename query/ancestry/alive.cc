#include "query/ancestry/alive.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <string>

#include "base/saturate.h"
#include "query/ancestry/calls.h"
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

constexpr char kOfCallerSql[] =
    "records AS c JOIN streams AS s ON s.id = c.id / {kSeqLimit} "
    "CROSS JOIN pid_blocks AS p ON p.pid = c.tgid AND p.caller_id = 0 "
    "CROSS JOIN json_each(p.calls) AS j "
    "CROSS JOIN records AS r ON r.id = p.block * {kBlockRecords} + j.value "
    "AND r.caller_id IS NULL AND r.tgid = c.tgid AND r.start_ns = c.start_ns "
    "JOIN streams AS t ON t.id = r.id / {kSeqLimit} AND t.boot = s.boot "
    "WHERE c.id = ?1";

constexpr char kAliveOfRoundSql[] =
    "SELECT -alive FROM temp.family WHERE round = ?";

// Adds the records of a SELECT, and what descends from them. UNION, not UNION
// ALL: a forged source could name itself as its creator. By id, so that the
// table grows at its end.
constexpr char kDescendantsSql[] =
    "INSERT OR IGNORE INTO temp.wanted_id WITH RECURSIVE under (id) AS ("
    "SELECT r.id FROM {} UNION SELECT c.id FROM under CROSS JOIN calls AS c "
    "ON c.caller_id = under.id ORDER BY 1) SELECT id FROM under";

constexpr char kChildrenSql[] =
    "INSERT OR IGNORE INTO temp.family WITH RECURSIVE f (id) AS ("
    "SELECT alive FROM temp.family WHERE round = ?1 UNION "
    "SELECT a.id FROM f CROSS JOIN alive AS a ON a.parent = f.id "
    "WHERE a.id NOT IN (SELECT alive FROM temp.made)) SELECT id, ?1 FROM f";

// Those of alive that the records found have made.
constexpr char kMadeByThemSql[] =
    "INSERT OR IGNORE INTO temp.family SELECT alive, ?1 FROM temp.made "
    "WHERE record IN (SELECT value FROM temp.wanted_id)";

int64_t Run(const std::string& sql, const Row& values,
            SQLite::Database* database) {
  SQLite::Statement statement(*database, FormatSql(sql));
  BindAll(values, &statement);
  return statement.exec();
}

// The first cell, 0 if there is none.
int64_t Find(const char* sql, const Row& values, SQLite::Database* database) {
  SQLite::Statement statement(*database, FormatSql(sql));
  BindAll(values, &statement);
  return statement.executeStep() ? statement.getColumn(0).getInt64() : 0;
}

// Adds the calls of a round's rows of alive, and what descends from them.
void AddCallsOfAlive(int64_t round, SQLite::Database* database) {
  SQLite::Statement find(*database, kAliveOfRoundSql);
  find.bind(1, round);
  while (find.executeStep()) {
    Run(fmt::format(kDescendantsSql, kCallsOfAlive),
        {find.getColumn(0).getInt64()}, database);
  }
}

constexpr char kBootOfRecordSql[] =
    "SELECT boot FROM streams WHERE id = ? / {kSeqLimit}";

}  // namespace

void StoreMade(int64_t boot, SQLite::Database* database) {
  database->exec(
      "DROP TABLE IF EXISTS temp.made; "
      "CREATE TEMP TABLE made (alive INTEGER PRIMARY KEY, record INTEGER); "
      "CREATE INDEX temp.made_by_record ON made (record)");
  if (Find("SELECT 1 FROM alive WHERE boot = ? LIMIT 1", {boot}, database) ==
      0) {
    return;
  }
  Run(kMadeSql, {boot}, database);
}

int64_t NewerAlive(int64_t pid, const std::optional<int64_t>& boot,
                   int64_t maker, SQLite::Database* database) {
  const int64_t alive = Find(
      "SELECT a.id FROM alive AS a WHERE a.pid = ?1 AND a.boot = "
      "ifnull(nullif(?2, "
      "0), a.boot) AND NOT EXISTS (SELECT 1 FROM records AS r JOIN streams AS "
      "s "
      "ON s.id = r.id / {kSeqLimit} WHERE r.id = ?3 AND (s.boot, "
      "r.child_start_ns / {kTickNs}) >= (a.boot, a.start_tick)) "
      "ORDER BY a.boot DESC, a.start_tick DESC LIMIT 1",
      {pid, boot.value_or(0), maker}, database);
  return alive == 0 ? maker : Minus(0, alive);
}

void StoreUnder(const Filter& filter, SQLite::Database* database) {
  database->exec(
      "DROP TABLE IF EXISTS temp.wanted_id; DROP TABLE IF EXISTS temp.family; "
      "CREATE TEMP TABLE wanted_id (value INTEGER PRIMARY KEY); "
      "CREATE TEMP TABLE family (alive INTEGER PRIMARY KEY, round INTEGER)");
  const int64_t root = filter.under.value_or(filter.under_caller.value_or(0));
  StoreMade(root < 0
                ? Find("SELECT boot FROM alive WHERE id = ?", {-root}, database)
                : Find(kBootOfRecordSql, {root}, database),
            database);
  if (filter.under_caller) {
    Run(fmt::format(kDescendantsSql, kOfCallerSql), {root}, database);
    Run("INSERT INTO temp.family SELECT a.id, 0 FROM records AS r "
        "JOIN streams AS s ON s.id = r.id / {kSeqLimit} "
        "JOIN alive AS a ON a.boot = s.boot AND a.pid = r.tgid "
        "AND a.start_tick = r.start_ns / {kTickNs} WHERE r.id = ?",
        {root}, database);
  } else if (root < 0) {
    Run("INSERT INTO temp.family VALUES (?, 0)", {-root}, database);
  } else {
    Run(fmt::format(kDescendantsSql, kCallsOfRecord), {root}, database);
    Run("INSERT INTO temp.family SELECT alive, 0 FROM temp.made "
        "WHERE record = ?",
        {root}, database);
  }
  // What the records have made may be alive, and have children there, and so
  // on.
  int64_t round = 0;
  do {
    Run(kMadeByThemSql, {round}, database);
    Run(kChildrenSql, {round}, database);
    AddCallsOfAlive(round, database);
    ++round;
  } while (Run(kMadeByThemSql, {round}, database) > 0);
}

}  // namespace forkdb
