#include "query/ancestry/lives.h"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <tuple>

#include "store/record.h"
#include "store/schema.h"
#include "store/statement.h"
#include "terminal/value.h"

namespace forkdb {
namespace {

using Kind = Process::Kind;

// ?1 is the pid, ?2 the boot or NULL, ?3 how many. Each row is an id and what
// else a Life has. The + keeps SQLite from an index of all records.
constexpr char kRecordedSql[] =
    "WITH candidates (block) AS (SELECT block FROM blocks "
    "WHERE ?1 BETWEEN first_child_pid AND last_child_pid "
    "UNION SELECT block FROM open_blocks) "
    "SELECT r.id, s.boot, r.child_start_ns, r.time_ns FROM candidates AS d "
    "CROSS JOIN records AS r ON r.id BETWEEN d.block * {kBlockRecords} "
    "AND (d.block + 1) * {kBlockRecords} - 1 "
    "CROSS JOIN flag_sets AS f ON f.id = r.flag_set "
    "CROSS JOIN streams AS s ON s.id = r.id / {kSeqLimit} "
    "WHERE +r.child_pid = ?1 AND {} f.flags & {CLONE_THREAD} "
    "AND s.boot = ifnull(?2, s.boot) ORDER BY r.id DESC LIMIT ?3";

constexpr char kAliveSql[] =
    "SELECT a.id, a.boot, a.start_tick * {kTickNs}, "
    "ifnull(b.boot_ns, 0) + a.start_tick * {kTickNs} FROM alive AS a "
    "JOIN boots AS b ON b.id = a.boot WHERE a.pid = ?1 "
    "AND a.boot = ifnull(?2, a.boot) ORDER BY a.id DESC LIMIT ?3";

// By their first calls, for which their records are missing.
constexpr char kPrunedSql[] =
    "SELECT p.caller_id, s.boot, r.start_ns, "
    "ifnull(b.boot_ns + r.start_ns, r.time_ns) FROM pid_blocks AS p "
    "CROSS JOIN records AS r "
    "ON r.id = p.block * {kBlockRecords} + (p.calls ->> 0) AND r.tgid = ?1 "
    "CROSS JOIN streams AS s ON s.id = r.id / {kSeqLimit} "
    "JOIN boots AS b ON b.id = s.boot "
    "WHERE p.pid = ?1 AND p.caller_id > 0 AND s.boot = ifnull(?2, s.boot) "
    "AND NOT EXISTS (SELECT 1 FROM records AS m WHERE m.id = p.caller_id) "
    "GROUP BY p.caller_id ORDER BY p.caller_id DESC LIMIT ?3";

constexpr char kCallersSql[] =
    "SELECT min(r.id), s.boot, r.start_ns, "
    "ifnull(b.boot_ns + r.start_ns, min(r.time_ns)) FROM pid_blocks AS p "
    "CROSS JOIN json_each(p.calls) AS j "
    "CROSS JOIN records AS r ON r.id = p.block * {kBlockRecords} + j.value "
    "AND r.tgid = ?1 AND r.caller_id IS NULL "
    "CROSS JOIN streams AS s ON s.id = r.id / {kSeqLimit} "
    "JOIN boots AS b ON b.id = s.boot "
    "WHERE p.pid = ?1 AND p.caller_id = 0 AND s.boot = ifnull(?2, s.boot) "
    "GROUP BY s.boot, r.start_ns ORDER BY s.boot DESC, r.start_ns DESC "
    "LIMIT ?3";

constexpr char kCallOfThreadSql[] =
    "SELECT r.id FROM pid_blocks AS p CROSS JOIN json_each(p.calls) AS j "
    "CROSS JOIN records AS r ON r.id = p.block * {kBlockRecords} + j.value "
    "AND r.pid = ?1 AND r.tgid <> ?1 "
    "CROSS JOIN streams AS s ON s.id = r.id / {kSeqLimit} "
    "WHERE p.pid = ?1 AND s.boot = ifnull(?2, s.boot) "
    "ORDER BY p.block DESC, r.id DESC LIMIT 1";

Row Parameters(int64_t pid, const std::optional<int64_t>& boot) {
  return {pid, boot ? Value(*boot) : Value(), static_cast<int64_t>(kMostLives)};
}

// Adds those that are not there yet: a process may be known in several ways.
// Table alive has ticks.
void Add(Kind kind, const std::string& sql, const Row& parameters,
         SQLite::Database* database, std::vector<Life>* lives) {
  SQLite::Statement find(*database, sql);
  BindAll(parameters, &find);
  std::vector<Life> found;
  while (find.executeStep()) {
    const auto column = [&](int i) { return find.getColumn(i).getInt64(); };
    const Life life = {{kind, column(0)}, column(1), column(2), column(3)};
    const bool known =
        std::any_of(lives->begin(), lives->end(), [&](const Life& other) {
          const bool by_tick =
              kind == Kind::kAlive || other.process.kind == Kind::kAlive;
          const int64_t unit_ns = by_tick ? kTickNs : 1;
          return other.boot == life.boot &&
                 other.start_ns / unit_ns == life.start_ns / unit_ns;
        });
    if (!known) found.push_back(life);
  }
  lives->insert(lives->end(), found.begin(), found.end());
}

}  // namespace

std::vector<Life> FindLives(int64_t pid, const std::optional<int64_t>& boot,
                            bool threads, SQLite::Database* database) {
  const Row parameters = Parameters(pid, boot);
  std::vector<Life> lives;
  const auto add = [&](Kind kind, const std::string& sql) {
    Add(kind, sql, parameters, database, &lives);
  };
  add(Kind::kRecorded, FormatSql(kRecordedSql, threads ? "" : "NOT"));
  if (!threads) {
    add(Kind::kRecorded, FormatSql(kPrunedSql));
    add(Kind::kAlive, FormatSql(kAliveSql));
    add(Kind::kCaller, FormatSql(kCallersSql));
  }
  std::sort(lives.begin(), lives.end(), [](const Life& a, const Life& b) {
    return std::tie(a.time_ns, a.start_ns) > std::tie(b.time_ns, b.start_ns);
  });
  lives.resize(std::min(lives.size(), kMostLives));
  return lives;
}

std::optional<Process> FindCallOfThread(int64_t tid,
                                        const std::optional<int64_t>& boot,
                                        SQLite::Database* database) {
  SQLite::Statement find(*database, FormatSql(kCallOfThreadSql));
  find.bind(1, tid);
  if (boot) find.bind(2, *boot);
  if (!find.executeStep()) return std::nullopt;
  return Process{Kind::kRecorded, find.getColumn(0).getInt64()};
}

}  // namespace forkdb
