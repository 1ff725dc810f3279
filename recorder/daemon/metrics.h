// A recorder's metrics in Prometheus's text format.

#ifndef FORKDB_RECORDER_DAEMON_METRICS_H_
#define FORKDB_RECORDER_DAEMON_METRICS_H_

#include <cstdint>
#include <string>

#include "recorder/daemon/recorder.h"

namespace forkdb {

// A plain value. Counts are since the recorder started. Times are
// CLOCK_REALTIME in ns, 0 for never.
struct Progress {
  std::string source;
  std::string hook;
  std::string boot_id;
  Tally tally;
  int64_t last_seq = 0;  // the highest number stored
  int64_t start_ns = 0;
  int64_t last_drain_ns = 0;
  int64_t waiting = 0;          // records that were read but not stored
  int64_t since_commit_ns = 0;  // a duration
  bool in_trouble = false;      // cannot read the source, or cannot write
  int64_t database_bytes = 0;
  int64_t log_bytes = 0;
};

// Formats the metrics in Prometheus's text exposition format, version 0.0.4.
// They contain no names of commands or users.
std::string FormatMetrics(const Progress& progress);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_METRICS_H_
