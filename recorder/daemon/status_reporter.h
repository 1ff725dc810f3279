// Tells others how a recorder is: systemd, forkdb status and node_exporter.

#ifndef FORKDB_RECORDER_DAEMON_STATUS_REPORTER_H_
#define FORKDB_RECORDER_DAEMON_STATUS_REPORTER_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "base/log.h"
#include "recorder/daemon/metrics.h"
#include "recorder/daemon/metrics_file.h"
#include "recorder/daemon/moment.h"
#include "recorder/daemon/notifier.h"
#include "recorder/daemon/recorder.h"
#include "recorder/database/heartbeat.h"
#include "recorder/source/source.h"

namespace forkdb {

// Collects what the recorder does and passes it on: to systemd (Notifier), to
// the file "-status" (Heartbeat) and to the metrics (MetricsFile). Never throws
// after its constructor and never waits. Not thread-safe. What
// its constructor takes by pointer must outlive it.
class StatusReporter {
 public:
  using Clock = std::chrono::steady_clock;

  // An empty metrics_path is for no metrics. Throws UsageError for one that
  // node_exporter would not read.
  StatusReporter(std::string database_path, const std::string& metrics_path,
                 const Source* source, const Recorder* recorder,
                 Heartbeat* heartbeat, Log* log);

  Notifier* notifier() { return &notifier_; }

  // A transaction was committed.
  void Committed(const Drain& drain);
  // The database was told that nothing has been missed.
  void MarkedWatched();
  // What is in the way now; empty if nothing is.
  void SetTrouble(const std::string& trouble);

  // Feeds the watchdog and the heartbeat if that is due. Call it at least once
  // a transaction.
  void ShowLife();
  // Tells all of them what is new. Call it after each drain.
  void Report(bool is_writable);
  // Writes the metrics whether or not they are due.
  void WriteMetrics();

  // When ShowLife() or Report() has something to do.
  Moment due() const;

 private:
  std::string database_path_;
  const Source* source_;
  const Recorder* recorder_;
  Heartbeat* heartbeat_;
  Log* log_;
  int64_t start_boottime_ns_;
  Notifier notifier_{Clock::now()};
  MetricsFile metrics_;
  Progress progress_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_STATUS_REPORTER_H_
