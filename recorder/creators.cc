#include "recorder/creators.h"

#include <SQLiteCpp/Statement.h>
#include <linux/sched.h>

namespace forkdb {

void Creators::Load(SQLite::Database* database, int64_t boot) {
  by_pid_.clear();
  SQLite::Statement statement(
      *database,
      "SELECT r.id, r.child_pid, r.child_start_ns "
      "FROM streams AS s "
      "JOIN records AS r ON r.id BETWEEN s.id * ?2 AND s.id * ?2 + ?2 - 1 "
      "JOIN flag_sets AS f ON f.id = r.flag_set "
      "WHERE s.boot = ?1 AND r.child_pid IS NOT NULL AND NOT f.flags & ?3");
  statement.bind(1, boot);
  statement.bind(2, kSeqLimit);
  statement.bind(3, int64_t{CLONE_THREAD});
  while (statement.executeStep()) {
    Add(statement.getColumn(0).getInt64(), statement.getColumn(1).getInt(),
        statement.getColumn(2).getInt64());
  }
}

std::optional<int64_t> Creators::Find(const Record& record) const {
  const auto found = by_pid_.find(record.tgid);
  if (found == by_pid_.end() || found->second.start_ns != record.start_ns) {
    return std::nullopt;
  }
  return found->second.id;
}

void Creators::Add(int64_t id, const Record& record) {
  if (record.failed() || (record.flags & CLONE_THREAD) != 0) return;
  Add(id, record.child_pid, record.child_start_ns);
}

void Creators::Add(int64_t id, int32_t child_pid, int64_t child_start_ns) {
  Creation& creation = by_pid_[child_pid];
  // A record may arrive late, after a younger one of the same pid; and two
  // sources of one boot may both have seen the creation: the first one counts.
  if (child_start_ns > creation.start_ns || creation.id == 0) {
    creation = {id, child_start_ns};
  }
}

}  // namespace forkdb
