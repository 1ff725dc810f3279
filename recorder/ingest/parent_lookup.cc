#include "recorder/ingest/parent_lookup.h"

#include <linux/sched.h>

namespace forkdb {

ParentLookup::ParentLookup(int64_t boot, BlockSummaries* blocks)
    : boot_(boot), blocks_(blocks) {}

size_t ParentLookup::Hash::operator()(const Process& process) const {
  // Start times differ in their low bits. So do pids with the same start time.
  return static_cast<size_t>(process.start_ns) * 31 +
         static_cast<size_t>(process.pid);
}

std::optional<int64_t> ParentLookup::Find(int64_t id, const Record& record) {
  const Process caller = {record.start_ns, record.tgid};
  const int64_t* known = processes_.Find(caller);
  int64_t creator = 0;
  if (known != nullptr) {
    creator = *known;
  } else {
    creator =
        blocks_->FindCreation(boot_, caller.pid, caller.start_ns).value_or(0);
    processes_.Insert(caller, creator);
  }
  const bool same_stream = StreamOf(creator) == StreamOf(id);
  if (creator == 0 || (same_stream && creator >= id)) return std::nullopt;
  return creator;
}

void ParentLookup::Add(int64_t id, const Record& record) {
  if (record.failed() || (record.flags & CLONE_THREAD) != 0) return;
  const Process child = {record.child_start_ns, record.child_pid};
  // Two sources of one boot may both have seen the creation: the first record
  // counts. If none was found before (0), this one may have come late.
  int64_t* known = processes_.Find(child);
  if (known == nullptr) {
    processes_.Insert(child, id);
  } else if (*known == 0) {
    *known = id;
  }
}

}  // namespace forkdb
