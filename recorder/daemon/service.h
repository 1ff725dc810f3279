// forkdb record, as a program that is left alone: one loop in which each kind
// of work is one small function.
//
// Reading and writing fail each for itself, and are tried again until they work
// (Backoff). While the database cannot be written, records gather in memory up
// to a bound (Recorder::kMaxBatches) and then in the source. What becomes of a
// damaged, deleted or moved database is DatabaseKeeper's. Only --once ends with
// the first trouble. A source that turns out not to be what it should be ends
// the recording once what was read before is stored.

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
  // How long a commit may stay what a loss of power takes back.
  std::chrono::milliseconds durable_after{60'000};
  bool once = false;     // stop when the source has nothing more
  bool reloads = false;  // SIGHUP opens all anew, and does not end it
  std::string metrics;   // file for node_exporter; empty for none
  SourceOptions source;
  RetentionOptions retention;
};

// Owns the source, the database and the signals while it lives. Threads: one.
class Service {
 public:
  // Opens source and database. Throws Error or UsageError; but a database's
  // passing trouble only with once. The log must outlive it.
  Service(ServiceOptions options, Log* log);

  // Records until the source has nothing more (once) or a signal comes, then
  // says what was done. Throws Error; without once, only for a source of a
  // format that is not known here, or for what could not be written to the
  // last.
  void Run();

 private:
  using Clock = std::chrono::steady_clock;

  void RunOnce();
  void RunForever();
  void RunToEnd();
  void Announce();
  void Noticed(const Drain& drain);
  // Throws the source's trouble, once what was read before it is stored.
  [[noreturn]] void GiveUpSource() const;
  // SIGHUP: opens source and database anew.
  void Reload();

  // One pass over the source, as far as source and database let it.
  void DrainSource();
  ReadResult Read();
  // Returns whether the source must be read again.
  bool Write();

  // Returns whether the source begins anew for it.
  bool OpenDatabase();
  // Throws what has no remedy; the rest is tried again later.
  void Handle(const DatabaseTrouble& trouble);
  // Tells what is in the way now, or that nothing is.
  void SetTrouble();
  Session* session() const { return database_.session(); }

  // Timed work on the database. Every deadline used here must also be in
  // NextDue(), or the loop oversleeps it.
  void Tend();
  // Prunes, and says once if the clock is doubted.
  void Retain();
  Moment NextDue() const;
  // Waits until there is something to drain or something is due. Returns false
  // when a signal to stop came.
  bool Sleep();

  ServiceOptions options_;
  Log* log_;
  Waiter waiter_;
  std::unique_ptr<Source> source_;
  // Why the source can be read no more, for good: not what it should be.
  std::string source_trouble_;
  Usernames usernames_;
  DatabaseKeeper database_;
  Heartbeat heartbeat_;
  bool announced_ = false;
  bool clock_doubted_ = false;
  Backoff source_backoff_;
  Backoff database_backoff_;
  Moment next_retention_;
  // Makes durable what has been committed.
  Moment next_checkpoint_;
  // Tells a quiet machine's database that nothing was missed.
  Moment next_mark_ = Clock::now();
  Recorder recorder_;
  StatusReporter reporter_;
  DrainPacer pacer_;
  // The end of the pause after a drain: until then, only what is urgent starts
  // the next one.
  Moment next_drain_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_SERVICE_H_
