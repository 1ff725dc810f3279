// The main loop of forkdb record, for unattended operation.
//
// Reading and writing fail independently, and are retried until they work
// (Backoff). While the database cannot be written, records wait in memory up to
// a limit (Recorder::kMaxBatches), then in the source. DatabaseKeeper handles a
// damaged, deleted or moved database. --once ends on the first error. If the
// source turns out not to be in the expected format, the records read before
// are stored and recording ends.

#ifndef FORKDB_RECORDER_DAEMON_SERVICE_H_
#define FORKDB_RECORDER_DAEMON_SERVICE_H_

#include <chrono>
#include <memory>
#include <string>

#include "base/log.h"
#include "recorder/daemon/backoff.h"
#include "recorder/daemon/drain_pacer.h"
#include "recorder/daemon/moment.h"
#include "recorder/daemon/recorder.h"
#include "recorder/daemon/status_reporter.h"
#include "recorder/daemon/waiter.h"
#include "recorder/database/database_keeper.h"
#include "recorder/database/heartbeat.h"
#include "recorder/database/retention.h"
#include "recorder/database/session.h"
#include "recorder/ingest/usernames.h"
#include "recorder/source/source.h"
#include "store/database.h"

namespace forkdb {

struct ServiceOptions {
  std::string db;
  std::string group;  // may read the database; empty for none
  std::chrono::milliseconds interval{1000};  // between drains; see DrainPacer
  // How long a commit may take to be durable: a power failure can undo it until
  // then.
  std::chrono::milliseconds durable_after{60'000};
  bool once = false;     // stop at the end of the source
  bool reloads = false;  // SIGHUP reopens source and database
  std::string metrics;   // file for node_exporter; empty for none
  SourceOptions source;
  RetentionOptions retention;
};

// Owns the source and the database, and handles the signals. Not thread-safe.
class Service {
 public:
  // Opens source and database. Throws Error or UsageError. Without `once`, a
  // passing trouble of the database does not throw. The log must outlive it.
  Service(ServiceOptions options, Log* log);

  // Records until the source ends (once) or a signal comes, then logs the
  // totals. Throws Error. Without `once`, throws only if the source is not in a
  // known format, or if records could not be stored at the end.
  void Run();

 private:
  using Clock = std::chrono::steady_clock;

  void RunOnce();
  void RunForever();
  void RunToEnd();
  void Announce();
  void Noticed(const Drain& drain);
  // Throws source_trouble_. Call it after the records read before are stored.
  [[noreturn]] void GiveUpSource() const;
  // After SIGHUP: reopens source and database.
  void Reload();

  // Reads and writes until the source has no more for now, or a trouble stops
  // it.
  void DrainSource();
  ReadResult Read();
  // Returns whether the source must be read again.
  bool Write();

  // Returns true if the source was rewound for this database.
  bool OpenDatabase();
  // Handles a trouble that can be retried later. Throws any other.
  void Handle(const DatabaseTrouble& trouble);
  // Reports the current trouble, or that there is none.
  void SetTrouble();
  Session* session() const { return database_.session(); }

  // Does the timed work on the database that is due. Every deadline used here
  // must also be in NextDue(), or the loop sleeps too long.
  void Tend();
  // Prunes. Logs once if retention ignores the clock.
  void Retain();
  Moment NextDue() const;
  // Waits until there are records to drain or something is due. Returns false
  // after a signal to stop.
  bool Sleep();

  ServiceOptions options_;
  Log* log_;
  Waiter waiter_;
  std::unique_ptr<Source> source_;
  // Why the source cannot be read any more: it is not in a known format. Else
  // empty.
  std::string source_trouble_;
  Usernames usernames_;
  DatabaseKeeper database_;
  Heartbeat heartbeat_;
  bool announced_ = false;
  bool clock_doubted_ = false;
  Backoff source_backoff_;
  Backoff database_backoff_;
  Moment next_retention_;
  // When to make the commits durable.
  Moment next_checkpoint_;
  // When to store that no call was missed, if no records come.
  Moment next_mark_ = Clock::now();
  Recorder recorder_;
  StatusReporter reporter_;
  DrainPacer pacer_;
  // The end of the pause after a drain. Until then, only Source::urgent()
  // starts the next drain.
  Moment next_drain_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_SERVICE_H_
