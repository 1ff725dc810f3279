// forkdb record, as a program that is left alone: one loop in which each kind
// of work is one small function.

#ifndef FORKDB_RECORDER_SERVICE_H_
#define FORKDB_RECORDER_SERVICE_H_

#include <SQLiteCpp/Database.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "recorder/recorder.h"
#include "recorder/retention.h"
#include "recorder/source.h"
#include "recorder/waiter.h"
#include "recorder/writer.h"

namespace forkdb {

struct ServiceOptions {
  std::string db;
  std::string group;  // may read the database; empty for none
  std::chrono::milliseconds interval{1000};  // least time between drains
  bool once = false;  // stop when the source has nothing more
  SourceOptions source;
  RetentionOptions retention;
};

// Owns the source, the database and the signals while it lives. Threads: one.
class Service {
 public:
  // Told what a person should know, one line at a time.
  using Say = std::function<void(const std::string&)>;

  // Opens source and database. Throws Error or UsageError.
  Service(ServiceOptions options, Say say);

  // Records until the source has nothing more (once) or a signal comes, then
  // says what was done. Throws Error.
  void Run();

 private:
  using Clock = std::chrono::steady_clock;

  void RunOnce();
  void RunForever();
  void SayGaps(const Drain& drain) const;
  void SayTally() const;

  // One pass over the source.
  void DrainSource();
  // Work that is done by time and not by record. What is due in a function
  // here is awaited in NextDue().
  void Tend();
  std::optional<Clock::time_point> NextDue() const;
  // Until there is something to drain, or something is due. Returns false when
  // a signal came.
  bool Sleep();

  ServiceOptions options_;
  Say say_;
  Waiter waiter_;
  std::unique_ptr<Source> source_;
  SQLite::Database database_;
  Writer writer_;
  Retention retention_;
  std::optional<Clock::time_point> next_retention_;
  Recorder recorder_;
  // Until then, only what is urgent starts a drain.
  Clock::time_point next_drain_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SERVICE_H_
