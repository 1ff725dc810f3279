// A file for node_exporter's textfile collector.

#ifndef FORKDB_RECORDER_DAEMON_METRICS_FILE_H_
#define FORKDB_RECORDER_DAEMON_METRICS_FILE_H_

#include <chrono>
#include <string>

#include "recorder/daemon/metrics.h"
#include "recorder/daemon/moment.h"

namespace forkdb {

// How much the database and its log take; 0 for what is not there.
void MeasureFiles(const std::string& database, Progress* progress);

// Written whole beside its place and then renamed, so that nobody reads half of
// it; readable by all. At most once in ten seconds, and only if there is
// something new. Not thread-safe.
class MetricsFile {
 public:
  using Clock = std::chrono::steady_clock;

  // An empty path is for no file. Throws UsageError if the path does not end in
  // ".prom": the collector reads no others.
  explicit MetricsFile(std::string path);

  // There is something new.
  void Changed(Clock::time_point now);

  // When Write() wants to be called; nothing if there is nothing new.
  Moment due() const { return due_; }

  // Writes, due or not. Returns what went wrong; empty if nothing did.
  std::string Write(const Progress& progress, Clock::time_point now);

 private:
  std::string path_;
  Clock::time_point not_before_{};
  Moment due_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_METRICS_FILE_H_
