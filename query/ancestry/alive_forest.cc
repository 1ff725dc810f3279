#include "query/ancestry/alive_forest.h"

#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <unordered_set>

#include "base/saturate.h"
#include "query/ancestry/alive.h"
#include "store/record.h"

namespace forkdb {
namespace {

// All of them before any is read: no statement may be under way then.
std::vector<int64_t> FindBoots(SQLite::Database* database) {
  SQLite::Statement find(*database, "SELECT DISTINCT boot FROM alive");
  std::vector<int64_t> boots;
  while (find.executeStep()) boots.push_back(find.getColumn(0).getInt64());
  return boots;
}

}  // namespace

AliveForest::AliveForest(SQLite::Database* database) {
  SQLite::Statement streams(*database, "SELECT id, boot FROM streams");
  while (streams.executeStep()) {
    boots_[streams.getColumn(0).getInt64()] = streams.getColumn(1).getInt64();
  }
  for (const int64_t boot : FindBoots(database)) ReadBoot(boot, database);
  for (const auto& [process, below] : children_) {
    if (process > 0) roots_.push_back(process);
  }
}

void AliveForest::ReadBoot(int64_t boot, SQLite::Database* database) {
  StoreMade(boot, database);
  SQLite::Statement rows(
      *database,
      "SELECT a.id, a.start_tick, a.pid, m.record, "
      "ifnull(p.record, -a.parent) FROM alive AS a "
      "LEFT JOIN temp.made AS m ON m.alive = a.id "
      "LEFT JOIN temp.made AS p ON p.alive = a.parent WHERE a.boot = ?");
  rows.bind(1, boot);
  while (rows.executeStep()) {
    const auto column = [&](int i) { return rows.getColumn(i).getInt64(); };
    const bool is_made = !rows.isColumnNull(3);
    const int64_t process = is_made ? column(3) : Minus(0, column(0));
    processes_[{boot, column(1), column(2)}] = process;
    if (is_made) continue;
    if (rows.isColumnNull(4)) {
      roots_.push_back(process);
    } else {
      parents_[process] = column(4);
      children_[column(4)].push_back(process);
    }
  }
}

int64_t AliveForest::Find(int64_t stream, int64_t tgid,
                          int64_t start_ns) const {
  const auto boot = boots_.find(stream);
  if (boot == boots_.end()) return 0;
  const auto found = processes_.find({boot->second, start_ns / kTickNs, tgid});
  return found == processes_.end() ? 0 : found->second;
}

int64_t AliveForest::ParentOf(int64_t process) const {
  const auto found = parents_.find(process);
  return found == parents_.end() ? 0 : found->second;
}

std::vector<int64_t> AliveForest::Below(int64_t process) const {
  std::vector<int64_t> below;
  // A forged database may have a process below itself.
  std::unordered_set<int64_t> seen = {process};
  const auto add_children = [&](int64_t parent) {
    const auto found = children_.find(parent);
    if (found == children_.end()) return;
    for (const int64_t child : found->second) {
      if (seen.insert(child).second) below.push_back(child);
    }
  };
  add_children(process);
  for (size_t i = 0; i < below.size(); ++i) add_children(below[i]);
  return below;
}

}  // namespace forkdb
