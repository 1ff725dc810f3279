#include "query/ancestry/relatives.h"

#include <fmt/core.h>

#include <string>

#include "base/saturate.h"
#include "base/time.h"
#include "query/ancestry/calls.h"
#include "store/schema.h"
#include "store/statement.h"

namespace forkdb {
namespace {

// What is read of a process, by the order of kRecordSql and kAliveSql.
enum Field {
  kPid,
  kNsPid,
  kComm,
  kUsername,
  kTime,
  kKind,
  kErrno,
  kCallerId,
  kCallerTgid,
  kStart,
};

constexpr char kRecordSql[] =
    "SELECT child_pid, nullif(child_ns_pid, child_pid), comm, username, time, "
    "kind, errno, caller_id, tgid, start_ns FROM forks WHERE id = ?";

// The time is of its start, as exact as /proc tells it.
constexpr char kAliveSql[] =
    "SELECT a.pid, a.ns_pid, a.comm, a.username, "
    "strftime('%Y-%m-%dT%H:%M:%S', (b.boot_ns / {kTickNs} + a.start_tick) / "
    "100, 'unixepoch') || printf('.%02dZ', (b.boot_ns / {kTickNs} + "
    "a.start_tick) % 100), NULL, NULL, -a.parent, a.ppid, NULL "
    "FROM alive AS a JOIN boots AS b ON b.id = a.boot WHERE a.id = ?";

// The row in alive of a record's caller, and the record that made it.
constexpr char kCallerSql[] =
    "SELECT ifnull(m.record, -a.id) FROM streams AS s JOIN alive AS a "
    "ON a.boot = s.boot AND a.start_tick = ?2 / {kTickNs} AND a.pid = ?3 "
    "LEFT JOIN temp.made AS m ON m.alive = a.id "
    "WHERE s.id = ?1 / {kSeqLimit}";

constexpr char kMakerSql[] = "SELECT record FROM temp.made WHERE alive = ?";

// A thread may have a name of its own, which is not its process's.
constexpr char kOwnCommSql[] =
    "SELECT c.comm FROM {} JOIN comms AS c ON c.id = r.comm "
    "WHERE r.pid = r.tgid ORDER BY p.block DESC, r.id DESC LIMIT 1";

constexpr char kChildrenSql[] =
    "SELECT r.id FROM {} WHERE (r.ret > 0 OR ?2) AND (?3 OR r.ret < 0 OR NOT "
    "(SELECT f.flags & {CLONE_THREAD} FROM flag_sets AS f "
    "WHERE f.id = r.flag_set)) "
    "ORDER BY p.block, r.id LIMIT ?4";

constexpr char kCountSql[] =
    "SELECT count(*) FILTER (WHERE ret > 0 AND NOT flags & {CLONE_THREAD}), "
    "count(*) FILTER (WHERE ret > 0 AND flags & {CLONE_THREAD}), "
    "count(*) FILTER (WHERE ret < 0) FROM {} "
    "JOIN flag_sets AS f ON f.id = r.flag_set";

// Of a row in alive, or of a record's: its children there that no record made.
constexpr char kAliveChildrenSql[] =
    "SELECT -a.id FROM alive AS a WHERE a.parent = ifnull((SELECT m.alive "
    "FROM temp.made AS m WHERE m.record = ?1), -?1) "
    "AND a.id NOT IN (SELECT alive FROM temp.made) ORDER BY a.start_tick, "
    "a.pid";

// When the caller of a record was made, by the clock of when the record was:
// the boot's start is when a child was made less how long after the boot that
// was.
constexpr char kMadeAtSql[] =
    "WITH made AS (SELECT s.boot, ?2 + coalesce("
    "(SELECT time_ns - child_start_ns FROM records WHERE id = ?1), b.boot_ns, "
    "(SELECT time_ns - child_start_ns FROM records WHERE ret > 0 "
    "AND id > s.id * {kSeqLimit} AND id < (s.id + 1) * {kSeqLimit} "
    "ORDER BY id LIMIT 1)) AS time_ns FROM streams AS s "
    "JOIN boots AS b ON b.id = s.boot WHERE s.id = ?1 / {kSeqLimit}) ";

// Clocks drift: a second on both sides.
constexpr char kGapSql[] =
    "SELECT 1 FROM made AS m JOIN streams AS s ON s.boot = m.boot "
    "JOIN gaps AS g ON g.stream = s.id WHERE m.time_ns "
    "BETWEEN g.after_ns - 1000000000 "
    "AND ifnull(g.before_ns, g.noticed_ns) + 1000000000";

constexpr char kDowntimeSql[] =
    "SELECT CAST(d.began_ns AS INTEGER), CAST(d.ended_ns AS INTEGER) "
    "FROM made AS m JOIN boots AS b ON b.id = m.boot "
    "JOIN downtimes AS d ON d.boot = b.boot_id AND m.time_ns "
    "BETWEEN d.began_ns - 1000000000 AND d.ended_ns + 1000000000 "
    "ORDER BY d.began_ns LIMIT 1";

int64_t Integer(const Value& value) { return IntegerOr(value, 0); }

bool IsNull(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

// SQL for the calls of one or of the other.
std::string Of(const char* sql, const char* calls) {
  return FormatSql(sql, FormatSql(calls));
}

}  // namespace

Relatives::Relatives(SQLite::Database* database)
    : record_(*database, kRecordSql),
      alive_(*database, FormatSql(kAliveSql)),
      caller_(*database, FormatSql(kCallerSql)),
      maker_(*database, kMakerSql),
      own_comm_(*database, Of(kOwnCommSql, kCallsOfRecord)),
      children_(*database, Of(kChildrenSql, kCallsOfRecord)),
      count_(*database, Of(kCountSql, kCallsOfRecord)),
      alive_calls_(*database, Of(kChildrenSql, kCallsOfAlive)),
      alive_count_(*database, Of(kCountSql, kCallsOfAlive)),
      alive_children_(*database, kAliveChildrenSql),
      gap_(*database, FormatSql(kMadeAtSql) + kGapSql),
      downtime_(*database, FormatSql(kMadeAtSql) + kDowntimeSql) {}

Row Relatives::First(const Row& values, SQLite::Statement* statement) {
  Row row;
  BindAll(values, statement);
  if (statement->executeStep()) ReadRow(statement, &row);
  statement->reset();
  return row;
}

std::vector<int64_t> Relatives::All(const Row& values,
                                    SQLite::Statement* statement) {
  std::vector<int64_t> ids;
  BindAll(values, statement);
  while (statement->executeStep()) {
    ids.push_back(statement->getColumn(0).getInt64());
  }
  statement->reset();
  return ids;
}

Row Relatives::ReadProcess(int64_t id) {
  return id < 0 ? First({Minus(0, id)}, &alive_) : First({id}, &record_);
}

TreeNode Relatives::Read(int64_t id) {
  const Row process = ReadProcess(id);
  TreeNode node;
  if (process.empty()) {
    node.note = "missing from the database, although a record names it";
    return node;
  }
  node.pid = process[kPid];
  node.ns_pid = process[kNsPid];
  node.comm = process[kComm];
  node.username = process[kUsername];
  node.time = process[kTime];
  node.kind = process[kKind];
  node.error = process[kErrno];
  if (id < 0) {
    node.has_own_comm = true;
    node.note = "already running when recording began (from /proc)";
    return node;
  }
  node.id = id;
  node.caller_id = process[kCallerId];
  const Row own_comm = First({id}, &own_comm_);
  node.has_own_comm = !own_comm.empty();
  if (node.has_own_comm) node.comm = own_comm.front();
  return node;
}

int64_t Relatives::FindAbove(int64_t id) {
  const Row process = ReadProcess(id);
  Row found;
  if (process.empty()) return 0;
  if (id < 0) {
    if (IsNull(process[kCallerId])) return 0;
    const int64_t parent = Integer(process[kCallerId]);
    found = First({Minus(0, parent)}, &maker_);
    return found.empty() ? parent : Integer(found.front());
  }
  if (!IsNull(process[kCallerId]) &&
      !First({process[kCallerId]}, &record_).empty()) {
    return Integer(process[kCallerId]);
  }
  found = First({id, process[kStart], process[kCallerTgid]}, &caller_);
  return found.empty() ? 0 : Integer(found.front());
}

// Pid 0 is what there was before the first process.
bool Relatives::IsTop(int64_t id) {
  if (id > 0) return false;
  const Row process = ReadProcess(id);
  return !process.empty() && Integer(process[kCallerTgid]) == 0;
}

TreeNode Relatives::UnknownAbove(int64_t id) {
  const Row process = ReadProcess(id);
  TreeNode node;
  if (process.empty()) {
    node.note = "unknown: the record of its child is not in the database";
    return node;
  }
  node.pid = process[kCallerTgid];
  if (id < 0) {
    node.note = "unknown: it exited while /proc was being read";
    return node;
  }
  node.comm = process[kComm];
  node.has_own_comm = true;
  if (!IsNull(process[kCallerId])) {
    node.id = process[kCallerId];
    node.note = "the record of its creation was pruned or thinned";
  } else if (!First({id, process[kStart]}, &gap_).empty()) {
    node.note = "a gap may hide the record of its creation";
  } else if (const Row downtime = First({id, process[kStart]}, &downtime_);
             !downtime.empty()) {
    node.note = fmt::format(
        "started while nothing was recorded, between {} and {}",
        FormatUtc(Integer(downtime[0])), FormatUtc(Integer(downtime[1])));
  } else {
    node.note = "started before recording began";
  }
  return node;
}

Relatives::Counts Relatives::Count(int64_t id) {
  const Row row = First({id}, id < 0 ? &alive_count_ : &count_);
  if (row.empty()) return {};
  return {Integer(row[0]), Integer(row[1]), Integer(row[2])};
}

std::vector<int64_t> Relatives::AliveChildren(int64_t id) {
  return All({id}, &alive_children_);
}

std::vector<int64_t> Relatives::Children(int64_t id, const TreeOptions& options,
                                         int64_t limit) {
  return All({id, static_cast<int64_t>(options.failed),
              static_cast<int64_t>(options.threads), limit},
             id < 0 ? &alive_calls_ : &children_);
}

}  // namespace forkdb
