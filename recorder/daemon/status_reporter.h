// Reports a recorder's state to systemd, forkdb status and node_exporter.

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

// Collects the recorder's state and passes it to systemd (Notifier), to the
// file "-status" (Heartbeat) and to the metrics (MetricsFile). Only the
// constructor throws. Never blocks. Not thread-safe. The constructor's pointers
// must outlive it.
class StatusReporter {
 public:
  using Clock = std::chrono::steady_clock;

  // Writes no metrics if metrics_path is empty. Throws UsageError if
  // node_exporter would not read the file.
  StatusReporter(std::string database_path, const std::string& metrics_path,
                 const Source* source, const Recorder* recorder,
                 Heartbeat* heartbeat, Log* log);

  Notifier* notifier() { return &notifier_; }

  // Call it after each commit of records.
  void Committed(const Drain& drain);
  // Call it after the database has stored that no call was missed.
  void MarkedWatched();
  // Sets the current trouble. "" for none.
  void SetTrouble(const std::string& trouble);

  // Feeds the watchdog and writes the heartbeat, if they are due. Call it at
  // least once per transaction.
  void ShowLife();
  // Reports what is new to all of them. Call it after each drain.
  void Report(bool is_writable);
  // Writes the metrics, due or not.
  void WriteMetrics();

  // When ShowLife() or Report() is due.
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
