// How far a recorder is, as Prometheus reads it.

#ifndef FORKDB_RECORDER_DAEMON_METRICS_H_
#define FORKDB_RECORDER_DAEMON_METRICS_H_

#include <cstdint>
#include <string>

#include "recorder/daemon/recorder.h"

namespace forkdb {

// A plain value. Counts are since the recorder started; times are in ns since
// the epoch, 0 for never.
struct Progress {
  std::string source;
  std::string hook;
  std::string boot_id;
  Tally tally;
  int64_t last_seq = 0;  // the highest number stored
  int64_t start_ns = 0;
  int64_t last_drain_ns = 0;
  int64_t waiting = 0;          // records that were read and are not stored
  int64_t since_commit_ns = 0;  // a length
  bool in_trouble = false;      // cannot read, or cannot store
  int64_t database_bytes = 0;
  int64_t log_bytes = 0;
};

// Prometheus's text exposition format, version 0.0.4. No name of a command or a
// user is in it.
std::string FormatMetrics(const Progress& progress);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_METRICS_H_
