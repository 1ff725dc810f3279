#include "query/ancestry/alive_forest.h"

#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <unordered_set>

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
    if (process.kind == Process::Kind::kRecorded) roots_.push_back(process);
  }
}

void AliveForest::ReadBoot(int64_t boot, SQLite::Database* database) {
  StoreMade(boot, database);
  SQLite::Statement rows(
      *database,
      "SELECT a.start_tick, a.pid, m.record, a.id, p.record, a.parent "
      "FROM alive AS a LEFT JOIN temp.made AS m ON m.alive = a.id "
      "LEFT JOIN temp.made AS p ON p.alive = a.parent WHERE a.boot = ?");
  rows.bind(1, boot);
  while (rows.executeStep()) {
    const Process process = *ProcessAt(rows, 2);
    processes_[{boot, rows.getColumn(0).getInt64(),
                rows.getColumn(1).getInt64()}] = process;
    if (process.kind == Process::Kind::kRecorded) continue;
    if (const std::optional<Process> parent = ProcessAt(rows, 4)) {
      parents_[process] = *parent;
      children_[*parent].push_back(process);
    } else {
      roots_.push_back(process);
    }
  }
}

std::optional<Process> AliveForest::Find(int64_t stream, int64_t tgid,
                                         int64_t start_ns) const {
  const auto boot = boots_.find(stream);
  if (boot == boots_.end()) return std::nullopt;
  const auto found = processes_.find({boot->second, start_ns / kTickNs, tgid});
  if (found == processes_.end()) return std::nullopt;
  return found->second;
}

std::optional<Process> AliveForest::ParentOf(const Process& process) const {
  const auto found = parents_.find(process);
  if (found == parents_.end()) return std::nullopt;
  return found->second;
}

std::vector<Process> AliveForest::Below(const Process& process) const {
  std::vector<Process> below;
  // A forged database may have a process below itself.
  std::unordered_set<Process> seen = {process};
  const auto add_children = [&](const Process& parent) {
    const auto found = children_.find(parent);
    if (found == children_.end()) return;
    for (const Process& child : found->second) {
      if (seen.insert(child).second) below.push_back(child);
    }
  };
  add_children(process);
  for (size_t i = 0; i < below.size(); ++i) add_children(below[i]);
  return below;
}

}  // namespace forkdb
