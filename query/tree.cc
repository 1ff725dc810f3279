#include "query/tree.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include "query/alive.h"
#include "query/calls.h"
#include "store/error.h"

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
    "strftime('%Y-%m-%dT%H:%M:%S', (b.boot_ns / 10000000 + a.start_tick) / 100,"
    " 'unixepoch') || printf('.%02dZ', (b.boot_ns / 10000000 + a.start_tick) "
    "% 100), NULL, NULL, -a.parent, a.ppid, NULL "
    "FROM alive AS a JOIN boots AS b ON b.id = a.boot WHERE a.id = ?";

// The row in alive of a record's caller, and the record that made it.
constexpr char kCallerSql[] =
    "SELECT ifnull(m.record, -a.id) FROM streams AS s JOIN alive AS a "
    "ON a.boot = s.boot AND a.start_tick = ?2 / 10000000 AND a.pid = ?3 "
    "LEFT JOIN temp.made AS m ON m.alive = a.id "
    "WHERE s.id = ?1 / 1000000000000";

constexpr char kMakerSql[] = "SELECT record FROM temp.made WHERE alive = ?";

// A thread may have a name of its own, which is not its process's.
constexpr char kOwnCommSql[] =
    "SELECT c.comm FROM {} JOIN comms AS c ON c.id = r.comm "
    "WHERE r.pid = r.tgid ORDER BY p.block DESC, r.id DESC LIMIT 1";

// 65536 is CLONE_THREAD.
constexpr char kChildrenSql[] =
    "SELECT r.id FROM {} WHERE (r.ret > 0 OR ?2) AND (?3 OR r.ret < 0 OR NOT "
    "(SELECT f.flags & 65536 FROM flag_sets AS f WHERE f.id = r.flag_set)) "
    "ORDER BY p.block, r.id LIMIT ?4";

constexpr char kCountSql[] =
    "SELECT count(*) FILTER (WHERE ret > 0 AND NOT flags & 65536), "
    "count(*) FILTER (WHERE ret > 0 AND flags & 65536), "
    "count(*) FILTER (WHERE ret < 0) FROM {} "
    "JOIN flag_sets AS f ON f.id = r.flag_set";

// Of a row in alive, or of a record's: its children there that no record made.
constexpr char kAliveChildrenSql[] =
    "SELECT -a.id FROM alive AS a WHERE a.parent = ifnull((SELECT m.alive "
    "FROM temp.made AS m WHERE m.record = ?1), -?1) "
    "AND a.id NOT IN (SELECT alive FROM temp.made) ORDER BY a.start_tick, "
    "a.pid";

constexpr char kBootSql[] =
    "SELECT boot FROM alive WHERE id = -?1 UNION ALL "
    "SELECT boot FROM streams WHERE id = ?1 / 1000000000000";

// Clocks drift: a second on both sides.
constexpr char kGapSql[] =
    "SELECT 1 FROM streams AS s JOIN boots AS b ON b.id = s.boot "
    "JOIN streams AS other ON other.boot = b.id "
    "JOIN gaps AS g ON g.stream = other.id WHERE s.id = ?1 / 1000000000000 "
    "AND b.boot_ns + ?2 BETWEEN g.after_ns - 1000000000 "
    "AND g.before_ns + 1000000000";

int64_t Integer(const Value& value) { return std::get<int64_t>(value); }

bool IsNull(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

int64_t BootOf(int64_t process, SQLite::Database* database) {
  SQLite::Statement find(*database, kBootSql);
  find.bind(1, process);
  return find.executeStep() ? find.getColumn(0).getInt64() : 0;
}

// SQL for the calls of one or of the other.
std::string Of(const char* sql, const char* calls) {
  return fmt::format(fmt::runtime(sql), calls);
}

class Walker {
 public:
  Walker(const TreeOptions& options, SQLite::Database* database,
         const std::function<void(const TreeNode&)>& take)
      : options_(options),
        take_(take),
        record_(*database, kRecordSql),
        alive_(*database, kAliveSql),
        caller_(*database, kCallerSql),
        maker_(*database, kMakerSql),
        own_comm_(*database, Of(kOwnCommSql, kCallsOfRecord)),
        children_(*database, Of(kChildrenSql, kCallsOfRecord)),
        count_(*database, Of(kCountSql, kCallsOfRecord)),
        alive_calls_(*database, Of(kChildrenSql, kCallsOfAlive)),
        alive_count_(*database, Of(kCountSql, kCallsOfAlive)),
        alive_children_(*database, kAliveChildrenSql),
        gap_(*database, kGapSql) {}

  void Walk();

 private:
  // One row, empty if there is none.
  static Row First(const Row& values, SQLite::Statement* statement);
  // What is known of a process; empty if nothing is.
  Row ReadProcess(int64_t id);
  TreeNode ReadNode(int64_t id, const Row& process);
  // Who called for it, or its parent in alive; 0 if that is not known.
  int64_t FindAbove(int64_t id, const Row& process);
  // That one, where it is not known.
  TreeNode UnknownAbove(int64_t id, const Row& process);
  void WalkUp();
  // Its children there that no record made, as many as are shown; the number
  // of all.
  int64_t ReadAliveChildren(int64_t id, std::vector<int64_t>* shown);
  void ReadChildren(int64_t id, std::vector<int64_t>* shown);
  // Takes the node, and gives the children to show.
  std::vector<int64_t> Visit(int64_t id, TreeNode node);
  void WalkDown();

  const TreeOptions& options_;
  const std::function<void(const TreeNode&)>& take_;
  SQLite::Statement record_, alive_, caller_, maker_, own_comm_, children_,
      count_, alive_calls_, alive_count_, alive_children_, gap_;
  // A forged source could name a record as its own ancestor.
  std::unordered_set<int64_t> seen_;
};

Row Walker::First(const Row& values, SQLite::Statement* statement) {
  Row row;
  BindAll(values, statement);
  if (statement->executeStep()) ReadRow(statement, &row);
  statement->reset();
  return row;
}

Row Walker::ReadProcess(int64_t id) {
  return id < 0 ? First({-id}, &alive_) : First({id}, &record_);
}

TreeNode Walker::ReadNode(int64_t id, const Row& process) {
  TreeNode node;
  node.pid = process[kPid];
  node.ns_pid = process[kNsPid];
  node.comm = process[kComm];
  node.username = process[kUsername];
  node.time = process[kTime];
  node.kind = process[kKind];
  node.error = process[kErrno];
  if (id < 0) {
    node.has_own_comm = true;
    node.note = "alive when recording began, from /proc";
    return node;
  }
  node.id = id;
  node.caller_id = process[kCallerId];
  const Row own_comm = First({id}, &own_comm_);
  node.has_own_comm = !own_comm.empty();
  if (node.has_own_comm) node.comm = own_comm.front();
  return node;
}

int64_t Walker::FindAbove(int64_t id, const Row& process) {
  Row found;
  if (id < 0) {
    if (IsNull(process[kCallerId])) return 0;
    const int64_t parent = Integer(process[kCallerId]);
    found = First({-parent}, &maker_);
    return found.empty() ? parent : Integer(found.front());
  }
  if (!IsNull(process[kCallerId]) &&
      !First({process[kCallerId]}, &record_).empty()) {
    return Integer(process[kCallerId]);
  }
  found = First({id, process[kStart], process[kCallerTgid]}, &caller_);
  return found.empty() ? 0 : Integer(found.front());
}

TreeNode Walker::UnknownAbove(int64_t id, const Row& process) {
  TreeNode node;
  node.pid = process[kCallerTgid];
  if (id < 0) {
    node.note = "not known: it ended while /proc was read";
    return node;
  }
  node.comm = process[kComm];
  node.has_own_comm = true;
  if (!IsNull(process[kCallerId])) {
    node.id = process[kCallerId];
    node.note = "the record that made it was pruned";
  } else if (!First({id, process[kStart]}, &gap_).empty()) {
    node.note = "a gap may hide the record that made it";
  } else {
    node.note = "not recorded: history begins after it was made";
  }
  return node;
}

void Walker::WalkUp() {
  std::vector<TreeNode> ancestors;
  int64_t id = options_.root;
  Row process = ReadProcess(id);
  bool whole = false;
  while (seen_.insert(id).second &&
         static_cast<int64_t>(ancestors.size()) < options_.depth) {
    const int64_t above = FindAbove(id, process);
    if (above == 0) {
      // Pid 0 is what there was before the first process.
      whole = id < 0 && Integer(process[kCallerTgid]) == 0;
      if (!whole) ancestors.push_back(UnknownAbove(id, process));
      whole = true;
      break;
    }
    id = above;
    process = ReadProcess(id);
    ancestors.push_back(ReadNode(id, process));
  }
  if (!ancestors.empty() && !whole) {
    ancestors.back().note = "its ancestors are left out: see --depth";
  }
  for (auto depth = static_cast<int64_t>(ancestors.size()); depth > 0;
       --depth) {
    TreeNode& node = ancestors[static_cast<size_t>(depth - 1)];
    node.depth = -depth;
    take_(node);
  }
}

int64_t Walker::ReadAliveChildren(int64_t id, std::vector<int64_t>* shown) {
  int64_t count = 0;
  BindAll({id}, &alive_children_);
  while (alive_children_.executeStep()) {
    const int64_t child = alive_children_.getColumn(0).getInt64();
    ++count;
    if (count <= options_.limit && seen_.insert(child).second) {
      shown->push_back(child);
    }
  }
  alive_children_.reset();
  return count;
}

void Walker::ReadChildren(int64_t id, std::vector<int64_t>* shown) {
  SQLite::Statement& children = id < 0 ? alive_calls_ : children_;
  BindAll({id, static_cast<int64_t>(options_.failed),
           static_cast<int64_t>(options_.threads),
           options_.limit - static_cast<int64_t>(shown->size())},
          &children);
  while (children.executeStep()) {
    const int64_t child = children.getColumn(0).getInt64();
    if (seen_.insert(child).second) shown->push_back(child);
  }
  children.reset();
}

std::vector<int64_t> Walker::Visit(int64_t id, TreeNode node) {
  std::vector<int64_t> shown;
  if (options_.down) {
    const Row count = First({id}, id < 0 ? &alive_count_ : &count_);
    int64_t children = Integer(count[0]);
    (options_.threads ? children : node.threads) += Integer(count[1]);
    if (options_.failed) children += Integer(count[2]);
    std::vector<int64_t> alive;
    children += ReadAliveChildren(id, &alive);
    if (node.depth < options_.depth) {
      shown = std::move(alive);
      ReadChildren(id, &shown);
    }
    node.more = children - static_cast<int64_t>(shown.size());
  }
  take_(node);
  std::reverse(shown.begin(), shown.end());
  return shown;
}

void Walker::WalkDown() {
  // Of each level the children still to come, the next one last.
  std::vector<std::vector<int64_t>> levels = {{options_.root}};
  while (!levels.empty()) {
    if (levels.back().empty()) {
      levels.pop_back();
      continue;
    }
    const int64_t id = levels.back().back();
    levels.back().pop_back();
    TreeNode node = ReadNode(id, ReadProcess(id));
    node.depth = static_cast<int64_t>(levels.size()) - 1;
    node.is_last = levels.back().empty();
    levels.push_back(Visit(id, std::move(node)));
  }
}

void Walker::Walk() {
  if (ReadProcess(options_.root).empty()) {
    throw UsageError(fmt::format(
        "record {}: not in the database: name a pid or an id of forkdb query",
        options_.root));
  }
  if (options_.up) WalkUp();
  seen_.insert(options_.root);
  WalkDown();
}

}  // namespace

void ReadTree(const TreeOptions& options, SQLite::Database* database,
              const std::function<void(const TreeNode&)>& take) {
  StoreMade(BootOf(options.root, database), database);
  Walker(options, database, take).Walk();
}

}  // namespace forkdb
