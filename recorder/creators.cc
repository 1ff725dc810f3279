#include "recorder/creators.h"

#include <linux/sched.h>

#include <utility>

namespace forkdb {

Creators::Creators(SQLite::Database* database)
    : look_up_(
          *database,
          "WITH candidates AS (SELECT b.block AS block FROM streams AS s "
          "CROSS JOIN blocks AS b ON b.block BETWEEN s.id * ?4 / ?6 "
          "AND (s.id * ?4 + ?4 - 1) / ?6 WHERE s.boot = ?1 "
          "AND ?3 BETWEEN b.first_child_start_ns AND b.last_child_start_ns "
          "UNION ALL SELECT o.block FROM open_blocks AS o "
          "JOIN streams AS s ON s.id = o.block * ?6 / ?4 WHERE s.boot = ?1) "
          "SELECT min(r.id) FROM candidates AS c CROSS JOIN records AS r "
          "ON r.id BETWEEN c.block * ?6 AND c.block * ?6 + ?6 - 1 "
          "JOIN flag_sets AS f ON f.id = r.flag_set "
          "WHERE r.child_start_ns = ?3 AND r.child_pid = ?2 "
          "AND NOT f.flags & ?5") {
  look_up_.bind(4, kSeqLimit);
  look_up_.bind(5, int64_t{CLONE_THREAD});
  look_up_.bind(6, kBlockRecords);
}

size_t Creators::Hash::operator()(const Process& process) const {
  // Start times differ in their low bits, pids of one start time too.
  return static_cast<size_t>(process.start_ns) * 31 +
         static_cast<size_t>(process.pid);
}

void Creators::Attach(int64_t boot) {
  Reset();
  look_up_.bind(1, boot);
}

std::optional<int64_t> Creators::Find(int64_t id, const Record& record) {
  const Process caller = {record.start_ns, record.tgid};
  const int64_t* known = Remembered(caller);
  int64_t creator = 0;
  if (known != nullptr) {
    creator = *known;
  } else {
    creator = LookUp(caller);
    Remember(caller, creator);
  }
  const bool same_stream = creator / kSeqLimit == id / kSeqLimit;
  if (creator == 0 || (same_stream && creator >= id)) return std::nullopt;
  return creator;
}

void Creators::Add(int64_t id, const Record& record) {
  if (record.failed() || (record.flags & CLONE_THREAD) != 0) return;
  const Process child = {record.child_start_ns, record.child_pid};
  // Two sources of one boot may both have seen the creation: the first counts.
  // One that was not known before may have arrived late.
  int64_t* known = Remembered(child);
  if (known == nullptr) {
    Remember(child, id);
  } else if (*known == 0) {
    *known = id;
  }
}

int64_t* Creators::Remembered(const Process& process) {
  const auto young = young_.find(process);
  if (young != young_.end()) return &young->second;
  const auto old = old_.find(process);
  if (old == old_.end()) return nullptr;
  // Who forks once forks again: it outlives its generation.
  return &young_.insert(*old).first->second;
}

void Creators::Remember(const Process& process, int64_t id) {
  if (young_.size() >= kGeneration) {
    old_ = std::move(young_);
    young_ = Generation();
  }
  young_.emplace(process, id);
}

int64_t Creators::LookUp(const Process& process) {
  look_up_.bind(2, process.pid);
  look_up_.bind(3, process.start_ns);
  look_up_.executeStep();
  const int64_t id = look_up_.getColumn(0).getInt64();  // 0 for NULL
  look_up_.reset();
  return id;
}

void Creators::Reset() {
  look_up_.tryReset();
  young_.clear();
  old_.clear();
}

}  // namespace forkdb
