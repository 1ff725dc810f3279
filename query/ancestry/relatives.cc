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

// How a process began, by the order of kRecordSql and kAliveSql.
enum Begin {
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
  kSeen,
  kUserNs,
};

// A process's last call, by the order of kLastCallSql.
enum LastCall {
  kLastComm,
  kLastUsername,
  kLastTime,
  kLastTgid,
  kLastPpid,
  kLastUserNs,
  kLastPidNsChanged,
};

constexpr char kRecordSql[] =
    "SELECT child_pid, nullif(child_ns_pid, child_pid), comm, username, time, "
    "kind, errno, caller_id, tgid, start_ns, NULL, child_user_ns FROM forks "
    "WHERE id = ?";

// The time is of its start, as exact as /proc tells it.
constexpr char kAliveSql[] =
    "SELECT a.pid, a.ns_pid, a.comm, a.username, "
    "strftime('%Y-%m-%dT%H:%M:%S', (b.boot_ns / {kTickNs} + a.start_tick) / "
    "100, 'unixepoch') || printf('.%02dZ', (b.boot_ns / {kTickNs} + "
    "a.start_tick) % 100), NULL, NULL, NULL, a.ppid, NULL, a.seen_ns, NULL "
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

// 0x20000000 is CLONE_NEWPID.
constexpr char kLastCallSql[] =
    "SELECT n.comm, u.username, r.time_ns, r.tgid, r.ppid, ns.user_ns, "
    "ns.child_pid_ns <> ns.pid_ns AND NOT f.flags & 0x20000000 FROM {} "
    "JOIN comms AS n ON n.id = r.comm JOIN users AS u ON u.id = r.user "
    "JOIN namespace_sets AS ns ON ns.id = r.namespace_set "
    "JOIN flag_sets AS f ON f.id = r.flag_set "
    "{} ORDER BY p.block DESC, r.id DESC LIMIT 1";

// A thread may have a name of its own, which is not its process's.
constexpr char kByMainThread[] = "WHERE r.pid = r.tgid";

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

int64_t Integer(const Value& value) { return IntegerOr(value, 0); }

bool IsNull(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

// As of its last call. It is not known in which namespaces a process of the
// table alive began. A NULL is that of a failed call.
std::string ChangedNamespaces(const Row& begin, const Row& call) {
  std::string changed;
  const auto* born =
      begin.empty() ? nullptr : std::get_if<int64_t>(&begin[kUserNs]);
  if (born != nullptr && *born != Integer(call[kLastUserNs])) changed = "user";
  if (Integer(call[kLastPidNsChanged]) != 0) {
    changed += changed.empty() ? "PID" : " and PID";
  }
  return changed.empty() ? "" : "changed its " + changed + " namespace";
}

// Its parameter is a row in alive where there is one, else a record.
Row AliveOrRecord(const Process& process) {
  if (process.kind == Kind::kAlive) return {process.id, Value()};
  return {Value(), process.id};
}

}  // namespace

Relatives::Calls::Calls(Kind kind, SQLite::Database* database)
    : last(*database,
           FormatSql(kLastCallSql, forkdb::CallsOf(kind), kByMainThread)),
      last_of_thread(*database,
                     FormatSql(kLastCallSql, forkdb::CallsOf(kind), "")),
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
      unknown_begin_(database) {}

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

Row Relatives::ReadBegin(const Process& process) {
  if (process.kind == Kind::kCaller) return {};
  return First({process.id}, process.kind == Kind::kAlive ? &alive_ : &record_);
}

Row Relatives::ReadLastCall(const Process& process) {
  Calls& calls = CallsOf(process);
  Row call = First({process.id}, &calls.last);
  if (call.empty()) call = First({process.id}, &calls.last_of_thread);
  return call;
}

bool Relatives::Has(const Process& process) {
  return !ReadBegin(process).empty() || !ReadLastCall(process).empty();
}

TreeNode Relatives::Read(const Process& process) {
  const Row begin = ReadBegin(process);
  const Row call = ReadLastCall(process);
  TreeNode node;
  if (process.kind == Kind::kRecorded) node.id = process.id;
  if (!begin.empty()) {
    node.caller_id = begin[kCallerId];
    node.pid = begin[kPid];
    node.ns_pid = begin[kNsPid];
    node.comm = begin[kComm];
    node.username = begin[kUsername];
    node.time = begin[kTime];
    node.kind = begin[kKind];
    node.error = begin[kErrno];
  }
  if (process.kind == Kind::kAlive) {
    node.has_own_comm = true;
    node.as_of_ns = begin.empty() ? Value() : begin[kSeen];
    node.note = "already running when recording began (from /proc)";
  } else if (process.kind == Kind::kCaller) {
    const Row made = First({process.id}, &record_);
    if (!made.empty()) node.note = unknown_begin_.Why(process.id, made[kStart]);
  } else if (begin.empty()) {
    node.note = "the record of its creation was pruned or thinned";
  }
  if (!call.empty()) {
    node.comm = call[kLastComm];
    node.username = call[kLastUsername];
    node.as_of_ns = call[kLastTime];
    node.has_own_comm = true;
    if (begin.empty()) node.pid = call[kLastTgid];
    const std::string changed = ChangedNamespaces(begin, call);
    if (!changed.empty() && !node.note.empty()) node.note += "; ";
    node.note += changed;
  }
  return node;
}

std::optional<Process> Relatives::FindAbove(const Process& process) {
  if (process.kind == Kind::kAlive) return Find({process.id}, &alive_parent_);
  const Row begin = ReadBegin(process);
  if (begin.empty()) return std::nullopt;
  const Process caller = {Kind::kRecorded, Integer(begin[kCallerId])};
  const bool has_id = !IsNull(begin[kCallerId]);
  if (has_id && !ReadBegin(caller).empty()) return caller;
  const std::optional<Process> alive =
      Find({process.id, begin[kStart], begin[kCallerTgid]}, &caller_);
  if (alive) return alive;
  return has_id ? caller : Process{Kind::kCaller, process.id};
}

// Pid 0 is what there was before the first process.
bool Relatives::IsTop(const Process& process) {
  if (process.kind == Kind::kAlive) {
    const Row begin = ReadBegin(process);
    return !begin.empty() && Integer(begin[kCallerTgid]) == 0;
  }
  const Row call = ReadLastCall(process);
  return !call.empty() && Integer(call[kLastPpid]) == 0;
}

TreeNode Relatives::UnknownAbove(const Process& process) {
  TreeNode node;
  if (process.kind == Kind::kAlive) {
    const Row begin = ReadBegin(process);
    if (!begin.empty()) node.pid = begin[kCallerTgid];
    node.note = "unknown: it exited while /proc was being read";
    return node;
  }
  const Row call = ReadLastCall(process);
  if (call.empty()) {
    node.note = "unknown";
    return node;
  }
  node.pid = call[kLastPpid];
  node.note = fmt::format("parent of {} at {}", Integer(call[kLastTgid]),
                          FormatUtc(Integer(call[kLastTime])));
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
