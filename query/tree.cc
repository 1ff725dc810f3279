#include "query/tree.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include "store/error.h"

namespace forkdb {
namespace {

// What is read of a record, by the order of kRecordSql.
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

// A thread may have a name of its own, which is not its process's.
constexpr char kOwnCommSql[] =
    "SELECT c.comm FROM records AS r JOIN comms AS c ON c.id = r.comm "
    "WHERE r.caller_id = ? AND r.pid = r.tgid ORDER BY r.id DESC LIMIT 1";

// 65536 is CLONE_THREAD.
constexpr char kChildrenSql[] =
    "SELECT r.id FROM records AS r WHERE r.caller_id = ?1 "
    "AND (r.ret > 0 OR ?2) AND (?3 OR r.ret < 0 OR NOT (SELECT f.flags & 65536 "
    "FROM flag_sets AS f WHERE f.id = r.flag_set)) ORDER BY r.id LIMIT ?4";

constexpr char kCountSql[] =
    "SELECT count(*) FILTER (WHERE ret > 0 AND NOT flags & 65536), "
    "count(*) FILTER (WHERE ret > 0 AND flags & 65536), "
    "count(*) FILTER (WHERE ret < 0) FROM records AS r "
    "CROSS JOIN flag_sets AS f ON f.id = r.flag_set WHERE r.caller_id = ?";

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

class Walker {
 public:
  Walker(const TreeOptions& options, SQLite::Database* database,
         const std::function<void(const TreeNode&)>& take)
      : options_(options),
        take_(take),
        record_(*database, kRecordSql),
        own_comm_(*database, kOwnCommSql),
        children_(*database, kChildrenSql),
        count_(*database, kCountSql),
        gap_(*database, kGapSql) {}

  void Walk();

 private:
  // One row, empty if there is none.
  static Row First(const Row& values, SQLite::Statement* statement);
  TreeNode ReadNode(int64_t id, const Row& record);
  // The caller of a record that names none, or one that is gone.
  TreeNode UnrecordedCaller(int64_t id, const Row& record);
  void WalkUp();
  // Takes the node, and gives the children to show.
  std::vector<int64_t> Visit(TreeNode node);
  void WalkDown();

  const TreeOptions& options_;
  const std::function<void(const TreeNode&)>& take_;
  SQLite::Statement record_, own_comm_, children_, count_, gap_;
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

TreeNode Walker::ReadNode(int64_t id, const Row& record) {
  TreeNode node;
  node.id = id;
  node.caller_id = record[kCallerId];
  node.pid = record[kPid];
  node.ns_pid = record[kNsPid];
  node.username = record[kUsername];
  node.time = record[kTime];
  node.kind = record[kKind];
  node.error = record[kErrno];
  const Row own_comm = First({id}, &own_comm_);
  node.has_own_comm = !own_comm.empty();
  node.comm = node.has_own_comm ? own_comm.front() : record[kComm];
  return node;
}

TreeNode Walker::UnrecordedCaller(int64_t id, const Row& record) {
  TreeNode node;
  node.pid = record[kCallerTgid];
  node.comm = record[kComm];
  node.has_own_comm = true;
  if (!IsNull(record[kCallerId])) {
    node.id = record[kCallerId];
    node.note = "the record that made it was pruned";
  } else if (!First({id, record[kStart]}, &gap_).empty()) {
    node.note = "a gap may hide the record that made it";
  } else {
    node.note = "not recorded: history begins after it was made";
  }
  return node;
}

void Walker::WalkUp() {
  std::vector<TreeNode> ancestors;
  int64_t id = options_.root;
  Row record = First({id}, &record_);
  while (seen_.insert(id).second &&
         static_cast<int64_t>(ancestors.size()) < options_.depth) {
    Row above;
    if (!IsNull(record[kCallerId]))
      above = First({record[kCallerId]}, &record_);
    if (above.empty()) {
      ancestors.push_back(UnrecordedCaller(id, record));
      break;
    }
    id = Integer(record[kCallerId]);
    record = std::move(above);
    ancestors.push_back(ReadNode(id, record));
  }
  if (!ancestors.empty() && ancestors.back().note.empty()) {
    ancestors.back().note = "its ancestors are left out: see --depth";
  }
  for (auto depth = static_cast<int64_t>(ancestors.size()); depth > 0;
       --depth) {
    TreeNode& node = ancestors[static_cast<size_t>(depth - 1)];
    node.depth = -depth;
    take_(node);
  }
}

std::vector<int64_t> Walker::Visit(TreeNode node) {
  const int64_t id = Integer(node.id);
  std::vector<int64_t> shown;
  if (options_.down) {
    const Row count = First({id}, &count_);
    int64_t children = Integer(count[0]);
    (options_.threads ? children : node.threads) += Integer(count[1]);
    if (options_.failed) children += Integer(count[2]);
    if (node.depth < options_.depth) {
      BindAll({id, static_cast<int64_t>(options_.failed),
               static_cast<int64_t>(options_.threads), options_.limit},
              &children_);
      while (children_.executeStep()) {
        const int64_t child = children_.getColumn(0).getInt64();
        if (seen_.insert(child).second) shown.push_back(child);
      }
      children_.reset();
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
    TreeNode node = ReadNode(id, First({id}, &record_));
    node.depth = static_cast<int64_t>(levels.size()) - 1;
    node.is_last = levels.back().empty();
    levels.push_back(Visit(std::move(node)));
  }
}

void Walker::Walk() {
  if (First({options_.root}, &record_).empty()) {
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
  Walker(options, database, take).Walk();
}

}  // namespace forkdb
