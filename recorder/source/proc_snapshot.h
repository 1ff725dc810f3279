// Reads which processes were alive before the recorder began. There may be no
// record of their creation, but ancestry needs them.

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
  // Start time since boot, in ticks of 10 ms (USER_HZ). Records have the same
  // time in ns.
  int64_t start_tick = 0;
  uint32_t uid = 0;
  int32_t ns_pid = 0;  // in its own PID namespace
  std::string comm;    // raw bytes
};

// The result of one pass over /proc.
struct ProcSnapshot {
  // The most processes in one pass: about 10 MB, and a second or two.
  static constexpr size_t kMost = 65536;

  std::vector<AliveProcess> processes;
  std::string trouble;  // why some or all are missing, or empty
};

// Reads the processes below this mount of procfs. Leaves out a process that
// ends during the pass. Reads nothing if pids or start times differ from those
// in records: in a container, or in another time namespace. Never throws.
ProcSnapshot ReadProcSnapshot(const std::string& proc, size_t most);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_PROC_SNAPSHOT_H_
