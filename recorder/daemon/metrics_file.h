// Writes a file for node_exporter's textfile collector.

#ifndef FORKDB_RECORDER_DAEMON_METRICS_FILE_H_
#define FORKDB_RECORDER_DAEMON_METRICS_FILE_H_

#include <chrono>
#include <string>

#include "recorder/daemon/metrics.h"
#include "recorder/daemon/moment.h"

namespace forkdb {

// Sets the sizes of the database and its log. 0 if there is no such file.
void MeasureFiles(const std::string& database, Progress* progress);

// Writes a temporary file and renames it, so that nobody reads half of it. All
// users may read the file. It is due at most every ten seconds, and only if
// there is something new. Not thread-safe.
class MetricsFile {
 public:
  using Clock = std::chrono::steady_clock;

  // Writes nothing if the path is empty. Throws UsageError if the path does not
  // end in ".prom", because the collector reads no other files.
  explicit MetricsFile(std::string path);

  // Call it when there is something new.
  void Changed(Clock::time_point now);

  // When Write() is due. Empty if there is nothing new.
  Moment due() const { return due_; }

  // Writes the file, due or not. Returns an error message, or "".
  std::string Write(const Progress& progress, Clock::time_point now);

 private:
  std::string path_;
  Clock::time_point not_before_{};
  Moment due_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_METRICS_FILE_H_
