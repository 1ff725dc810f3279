// The processes that were alive before a recorder began: no record need have
// made them, and ancestry goes through them.

#ifndef FORKDB_RECORDER_SOURCE_PROC_SNAPSHOT_H_
#define FORKDB_RECORDER_SOURCE_PROC_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace forkdb {

// A process as /proc shows it. A plain value.
struct AliveProcess {
  int32_t pid = 0;
  int32_t ppid = 0;  // 0 for none
  // Since the boot, as records have it, in steps of 10 ms (USER_HZ).
  int64_t start_tick = 0;
  uint32_t uid = 0;
  int32_t ns_pid = 0;  // in its own PID namespace
  std::string comm;    // raw bytes
};

// What one pass over /proc brought.
struct ProcSnapshot {
  // A pass takes no more: some 10 MB, and a second or two.
  static constexpr size_t kMost = 65536;

  std::vector<AliveProcess> processes;
  std::string trouble;  // why some or all are missing; empty if none is
};

// Reads what is alive below this mount of procfs. A process that ends meanwhile
// is left out, whole. Nothing is read where the pids are not those of records:
// in a container, or in a time namespace of its own.
ProcSnapshot ReadProcSnapshot(const std::string& proc, size_t most);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_PROC_SNAPSHOT_H_
