#include "query/ancestry/relatives.h"

#include <fmt/core.h>

#include "base/time.h"
#include "query/ancestry/alive.h"
#include "query/ancestry/calls.h"
#include "store/schema.h"
#include "store/statement.h"

namespace forkdb {
namespace {

using Kind = Process::Kind;

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
    "a.start_tick) % 100), NULL, NULL, NULL, a.ppid, NULL "
    "FROM alive AS a JOIN boots AS b ON b.id = a.boot WHERE a.id = ?";

// The row in alive of a record's caller, and the record that created it.
constexpr char kCallerSql[] =
    "SELECT m.record, a.id FROM streams AS s JOIN alive AS a "
    "ON a.boot = s.boot AND a.start_tick = ?2 / {kTickNs} AND a.pid = ?3 "
    "LEFT JOIN temp.made AS m ON m.alive = a.id "
    "WHERE s.id = ?1 / {kSeqLimit}";

constexpr char kAliveParentSql[] =
    "SELECT m.record, a.parent FROM alive AS a "
    "LEFT JOIN temp.made AS m ON m.alive = a.parent "
    "WHERE a.id = ?1 AND a.parent IS NOT NULL";

// A thread may have a name of its own, which is not its process's.
constexpr char kOwnCommSql[] =
    "SELECT n.comm FROM {} JOIN comms AS n ON n.id = r.comm "
    "WHERE r.pid = r.tgid ORDER BY p.block DESC, r.id DESC LIMIT 1";

constexpr char kChildrenSql[] =
    "SELECT r.id FROM {} WHERE (r.ret > 0 OR ?2) AND (?3 OR r.ret < 0 OR NOT "
    "(SELECT f.flags & {CLONE_THREAD} FROM flag_sets AS f "
    "WHERE f.id = r.flag_set)) "
    "ORDER BY p.block, r.id LIMIT ?4";

constexpr char kCountSql[] =
    "SELECT count(*) FILTER (WHERE r.ret > 0 AND NOT f.flags & "
    "{CLONE_THREAD}), "
    "count(*) FILTER (WHERE r.ret > 0 AND f.flags & {CLONE_THREAD}), "
    "count(*) FILTER (WHERE r.ret < 0) FROM {} "
    "JOIN flag_sets AS f ON f.id = r.flag_set";

// Of a row in alive, or of a record's: its children there that no record
// created.
constexpr char kAliveChildrenSql[] =
    "SELECT a.id FROM alive AS a WHERE a.parent = ifnull(?1, "
    "(SELECT m.alive FROM temp.made AS m WHERE m.record = ?2)) "
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

// Its parameter is a row in alive where there is one, else a record.
Row AliveOrRecord(const Process& process) {
  if (process.kind == Kind::kAlive) return {process.id, Value()};
  return {Value(), process.id};
}

}  // namespace

Relatives::Calls::Calls(Kind kind, SQLite::Database* database)
    : own_comm(*database, FormatSql(kOwnCommSql, forkdb::CallsOf(kind))),
      children(*database, FormatSql(kChildrenSql, forkdb::CallsOf(kind))),
      count(*database, FormatSql(kCountSql, forkdb::CallsOf(kind))) {}

Relatives::Relatives(SQLite::Database* database)
    : calls_{{{Kind::kCaller, database},
              {Kind::kAlive, database},
              {Kind::kRecorded, database}}},
      record_(*database, kRecordSql),
      alive_(*database, FormatSql(kAliveSql)),
      caller_(*database, FormatSql(kCallerSql)),
      alive_parent_(*database, kAliveParentSql),
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

std::vector<Process> Relatives::All(Kind kind, const Row& values,
                                    SQLite::Statement* statement) {
  std::vector<Process> processes;
  BindAll(values, statement);
  while (statement->executeStep()) {
    processes.push_back({kind, statement->getColumn(0).getInt64()});
  }
  statement->reset();
  return processes;
}

std::optional<Process> Relatives::Find(const Row& values,
                                       SQLite::Statement* statement) {
  BindAll(values, statement);
  std::optional<Process> process;
  if (statement->executeStep()) process = ProcessAt(*statement, 0);
  statement->reset();
  return process;
}

Row Relatives::ReadProcess(const Process& process) {
  return First({process.id}, process.kind == Kind::kAlive ? &alive_ : &record_);
}

TreeNode Relatives::Read(const Process& process) {
  const Row row = ReadProcess(process);
  TreeNode node;
  if (row.empty()) {
    node.note = "missing from the database, although a record names it";
    return node;
  }
  node.pid = row[kPid];
  node.ns_pid = row[kNsPid];
  node.comm = row[kComm];
  node.username = row[kUsername];
  node.time = row[kTime];
  node.kind = row[kKind];
  node.error = row[kErrno];
  if (process.kind == Kind::kAlive) {
    node.has_own_comm = true;
    node.note = "already running when recording began (from /proc)";
    return node;
  }
  node.id = process.id;
  node.caller_id = row[kCallerId];
  const Row own_comm = First({process.id}, &CallsOf(process).own_comm);
  node.has_own_comm = !own_comm.empty();
  if (node.has_own_comm) node.comm = own_comm.front();
  return node;
}

std::optional<Process> Relatives::FindAbove(const Process& process) {
  if (process.kind == Kind::kAlive) return Find({process.id}, &alive_parent_);
  const Row row = ReadProcess(process);
  if (row.empty()) return std::nullopt;
  const Process caller = {Kind::kRecorded, Integer(row[kCallerId])};
  if (!IsNull(row[kCallerId]) && Has(caller)) return caller;
  return Find({process.id, row[kStart], row[kCallerTgid]}, &caller_);
}

// Pid 0 is what there was before the first process.
bool Relatives::IsTop(const Process& process) {
  if (process.kind != Kind::kAlive) return false;
  const Row row = ReadProcess(process);
  return !row.empty() && Integer(row[kCallerTgid]) == 0;
}

TreeNode Relatives::UnknownAbove(const Process& process) {
  const Row row = ReadProcess(process);
  TreeNode node;
  if (row.empty()) {
    node.note = "unknown: the record of its child is not in the database";
    return node;
  }
  node.pid = row[kCallerTgid];
  if (process.kind == Kind::kAlive) {
    node.note = "unknown: it exited while /proc was being read";
    return node;
  }
  node.comm = row[kComm];
  node.has_own_comm = true;
  if (!IsNull(row[kCallerId])) {
    node.id = row[kCallerId];
    node.note = "the record of its creation was pruned or thinned";
  } else if (!First({process.id, row[kStart]}, &gap_).empty()) {
    node.note = "a gap may hide the record of its creation";
  } else if (const Row downtime = First({process.id, row[kStart]}, &downtime_);
             !downtime.empty()) {
    node.note = fmt::format(
        "started while nothing was recorded, between {} and {}",
        FormatUtc(Integer(downtime[0])), FormatUtc(Integer(downtime[1])));
  } else {
    node.note = "started before recording began";
  }
  return node;
}

Relatives::Counts Relatives::Count(const Process& process) {
  const Row row = First({process.id}, &CallsOf(process).count);
  if (row.empty()) return {};
  return {Integer(row[0]), Integer(row[1]), Integer(row[2])};
}

std::vector<Process> Relatives::AliveChildren(const Process& process) {
  return All(Kind::kAlive, AliveOrRecord(process), &alive_children_);
}

std::vector<Process> Relatives::Children(const Process& process,
                                         const TreeOptions& options,
                                         int64_t limit) {
  return All(Kind::kRecorded,
             {process.id, static_cast<int64_t>(options.failed),
              static_cast<int64_t>(options.threads), limit},
             &CallsOf(process).children);
}

}  // namespace forkdb
