#include "recorder/daemon/service.h"

#include <fmt/core.h>

#include <utility>

#include "base/error.h"
#include "base/time.h"
#include "recorder/daemon/messages.h"
#include "recorder/source/privileges.h"

namespace forkdb {

namespace {

// At the end there is no later try, so waits are longer.
constexpr int kLastWaitMs = 10'000;
constexpr std::chrono::milliseconds kNamesAtTheEnd(10'000);

// How often to check for answers to questions about user names.
constexpr std::chrono::seconds kNamesPause(1);

}  // namespace

Service::Service(ServiceOptions options, Log* log)
    : options_(std::move(options)),
      log_(log),
      waiter_(options_.reloads && !options_.once),
      source_(OpenSource(options_.source, RealtimeNow())),
      usernames_(nullptr, options_.once ? kNamesAtTheEnd : Usernames::kBudget),
      database_(
          {options_.db, options_.group, options_.retention, options_.once}, log,
          &usernames_, options_.once ? nullptr : &heartbeat_),
      heartbeat_(options_.db),
      recorder_(
          source_.get(), RealtimeNow,
          [this](const Drain& drain) { Noticed(drain); },
          [this] { return waiter_.Stopped(); }),
      reporter_(options_.db, options_.metrics, source_.get(), &recorder_,
                &heartbeat_, log),
      pacer_(options_.interval) {
  if (options_.once && !source_->holds_past()) {
    throw UsageError("--once: eBPF has no past records: leave out --once");
  }
  try {
    OpenDatabase();
  } catch (const DatabaseTrouble& trouble) {
    Handle(trouble);
  }
  // A file may be reopened while recording. That may need root's privileges.
  if (source_->stream().source == kFile) return;
  if (!options_.group.empty()) JoinGroup(options_.group);
  DropPrivileges();
  usernames_.DropPrivileges();
}

void Service::Run() {
  if (options_.once) {
    RunOnce();
  } else {
    RunForever();
  }
  reporter_.WriteMetrics();
  SayTally(recorder_.tally(), log_);
}

void Service::RunOnce() {
  for (;;) {
    ReadResult result = Read();
    if (Write()) result = ReadResult::kMore;
    const bool is_stored = !database_backoff_.retry();
    if (is_stored && !source_trouble_.empty()) GiveUpSource();
    if (waiter_.Stopped()) return;
    if (!is_stored) {  // try again: a damaged database has been renamed
      waiter_.Wait(PollTarget(), database_backoff_.retry());
    } else if (result == ReadResult::kEnd) {
      break;
    } else if (result == ReadResult::kAgain) {
      waiter_.Wait(source_->ready(), std::nullopt);
    }
  }
  recorder_.Finish(session()->writer());
}

void Service::RunForever() {
  do {
    if (waiter_.TakeReload()) Reload();
    DrainSource();
    reporter_.notifier()->Ready();
    SetTrouble();
    reporter_.Report(!database_backoff_.retry());
  } while (source_trouble_.empty() && Sleep());
  heartbeat_.Enter("stopping");
  reporter_.notifier()->Stopping();
  DrainSource();
  RunToEnd();
  if (!source_trouble_.empty()) GiveUpSource();
}

void Service::GiveUpSource() const {
  const int64_t records = recorder_.tally().records;
  if (records == 0) throw Error(source_trouble_);
  throw Error(fmt::format("{} ({} records read before it are stored)",
                          source_trouble_, records));
}

// Stores the records that still wait in memory. Does not wait for Backoff.
void Service::RunToEnd() {
  try {
    OpenDatabase();
    session()->WaitForLocks(kLastWaitMs);
    if (source_->holds_past() || !source_trouble_.empty()) {
      recorder_.WriteAll(session()->writer());
    } else {
      recorder_.Finish(session()->writer());
    }
    recorder_.MarkWatched(session()->writer());
  } catch (const DatabaseTrouble& trouble) {
    throw Error(fmt::format("{}: {} records were read but not stored",
                            trouble.what(), recorder_.kept()));
  }
}

void Service::DrainSource() {
  const Clock::time_point start = Clock::now();
  const int64_t before = recorder_.read();
  ReadResult result = ReadResult::kMore;
  while (result == ReadResult::kMore) {
    result = Read();
    if (Write()) result = ReadResult::kMore;
    if (waiter_.Stopped()) return;
  }
  next_drain_ =
      pacer_.Next(start, recorder_.read() - before, source_->stream().capacity);
}

ReadResult Service::Read() {
  if (!source_trouble_.empty()) return ReadResult::kEnd;
  if (!source_backoff_.MayTry(Clock::now())) return ReadResult::kAgain;
  try {
    const ReadResult result = recorder_.Read();
    if (source_backoff_.Succeeded())
      log_->Say(Level::kNotice, "the source works again");
    return result;
  } catch (const SourceGone& e) {
    if (options_.once) throw;
    if (source_backoff_.Failed(e.what(), Clock::now())) {
      log_->Say(Level::kWarning, fmt::format("{}: retrying", e.what()));
    }
    return ReadResult::kAgain;
  } catch (const Error& e) {
    source_trouble_ = e.what();
    return ReadResult::kEnd;
  }
}

bool Service::Write() {
  if (!database_backoff_.MayTry(Clock::now())) return false;
  try {
    const bool rewound = OpenDatabase();
    const size_t kept = recorder_.kept();
    Announce();
    if (kept > 0) heartbeat_.Enter("storing records and looking up user names");
    recorder_.Write(session()->writer());
    Tend();
    if (database_backoff_.Succeeded()) {
      log_->Say(Level::kNotice,
                fmt::format(
                    "database: {}: works again; {} delayed records are stored",
                    options_.db, kept));
    }
    SetTrouble();
    return rewound;
  } catch (const DatabaseTrouble& trouble) {
    Handle(trouble);
    return false;
  }
}

bool Service::OpenDatabase() {
  const std::optional<int64_t> next_seq =
      database_.Open(source_->stream(), RealtimeNow());
  if (!next_seq) return false;
  try {
    return recorder_.Resume(*next_seq);
  } catch (const SourceGone&) {
    return true;  // the next Read() reports it
  } catch (const Error& e) {
    source_trouble_ = e.what();
    return false;
  }
}

void Service::Handle(const DatabaseTrouble& trouble) {
  const bool aside = database_.Handle(trouble, RealtimeNow());
  if (database_backoff_.Failed(trouble.what(), Clock::now()) && !aside) {
    log_->Say(
        Level::kWarning,
        fmt::format("{}: retrying; records wait in memory", trouble.what()));
  }
  SetTrouble();
}

void Service::SetTrouble() {
  reporter_.SetTrouble(database_backoff_.retry() ? database_backoff_.trouble()
                                                 : source_backoff_.trouble());
}

void Service::Announce() {
  if (options_.once || std::exchange(announced_, true)) return;
  log_->Say(Level::kNotice,
            fmt::format("recording into {} ({}, by {})", options_.db,
                        source_->stream().source, source_->stream().hook));
}

void Service::Noticed(const Drain& drain) {
  SayGaps(drain, log_);
  SayRefused(drain, log_);
  SayFilled(drain, log_);
  reporter_.Committed(drain);
  const Clock::time_point durable = Clock::now() + options_.durable_after;
  if (!next_checkpoint_) next_checkpoint_ = durable;
  next_mark_ = durable;  // the commit stored that no call was missed
  // A drain may take many transactions. Without this, the file would grow
  // meanwhile.
  if (drain.records > 0) Tend();
}

void Service::Tend() {
  Retain();
  if (IsDue(next_checkpoint_)) {
    next_checkpoint_.reset();
    heartbeat_.Enter("syncing the database to disk");
    session()->Checkpoint();
  }
  if (IsDue(next_mark_)) {
    next_mark_ = Clock::now() + options_.durable_after;
    if (recorder_.MarkWatched(session()->writer())) {
      reporter_.MarkedWatched();
      if (!next_checkpoint_) next_checkpoint_ = next_mark_;
    }
  }
}

void Service::Retain() {
  heartbeat_.Enter("pruning");
  const std::optional<std::chrono::nanoseconds> wait =
      session()->retention()->Tend(RealtimeNow(), BoottimeNow());
  next_retention_.reset();
  if (wait) next_retention_ = Clock::now() + *wait;
  const int64_t ahead_ns = session()->retention()->doubted_ns();
  const bool was_doubted = std::exchange(clock_doubted_, ahead_ns != 0);
  if (clock_doubted_ && !was_doubted) SayClockDoubted(ahead_ns, log_);
}

Moment Service::NextDue() const {
  Moment names;
  if (usernames_.waiting()) names = Clock::now() + kNamesPause;
  // While the database has a trouble, no other work on it is possible.
  const Moment database =
      database_backoff_.retry()
          ? database_backoff_.retry()
          : Earliest({next_retention_, next_checkpoint_, next_mark_, names});
  return Earliest({database, source_backoff_.retry(), reporter_.due()});
}

bool Service::Sleep() {
  heartbeat_.Enter("waiting for records");
  PollTarget urgent;
  PollTarget ready;
  if (!source_backoff_.retry() && recorder_.HasRoom()) {
    urgent = source_->urgent();
    ready = source_->ready();
  }
  const Moment due = NextDue();
  WakeUp wake_up = waiter_.Wait(urgent, Earliest({due, next_drain_}));
  if (wake_up == WakeUp::kTimeout && !IsDue(due)) {
    wake_up = waiter_.Wait(ready, due);
  }
  return wake_up != WakeUp::kStop;
}

void Service::Reload() {
  reporter_.notifier()->Reloading();
  log_->Say(Level::kNotice, "SIGHUP: reopening source and database");
  source_->Rewind();
  database_.Close();
}

}  // namespace forkdb
