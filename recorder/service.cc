#include "recorder/service.h"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "recorder/privileges.h"
#include "recorder/report.h"
#include "store/error.h"
#include "store/time.h"

namespace forkdb {

namespace {

// At the end there is no later try.
constexpr int kLastWaitMs = 10'000;

using Moment = std::optional<std::chrono::steady_clock::time_point>;

Moment Earliest(std::initializer_list<Moment> moments) {
  Moment earliest;
  for (const Moment& moment : moments) {
    if (moment && (!earliest || *moment < *earliest)) earliest = moment;
  }
  return earliest;
}

}  // namespace

Service::Service(ServiceOptions options, Log* log)
    : options_(std::move(options)),
      log_(log),
      waiter_(options_.reloads && !options_.once),
      source_(OpenSource(options_.source, RealtimeNow())),
      database_(
          {options_.db, options_.group, options_.retention, options_.once},
          log),
      metrics_(options_.metrics),
      recorder_(
          source_.get(), RealtimeNow,
          [this](const Drain& drain) { Noticed(drain); },
          [this] { return waiter_.Stopped(); }),
      pace_(options_.interval) {
  if (options_.once && !source_->holds_past()) {
    throw UsageError("--once: eBPF sees only what comes: leave out --once");
  }
  progress_.start_ns = RealtimeNow();
  try {
    OpenDatabase();
  } catch (const DatabaseTrouble& trouble) {
    Handle(trouble);
  }
  // Files are opened again while recording: that may need what root has.
  if (source_->stream().source == kFile) return;
  if (!options_.group.empty()) JoinGroup(options_.group);
  DropPrivileges();
}

void Service::Run() {
  if (options_.once) {
    RunOnce();
  } else {
    RunForever();
  }
  WriteMetrics();
  SayTally(recorder_.tally(), log_);
}

void Service::RunOnce() {
  for (;;) {
    ReadResult result = Read();
    if (Write()) result = ReadResult::kMore;
    if (waiter_.Stopped()) return;
    if (database_patience_.retry()) {  // a damaged one has been moved aside
      waiter_.WaitUntil(PollTarget(), database_patience_.retry());
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
    notifier_.Ready();
    TellStatus();
  } while (Sleep());
  notifier_.Stopping();
  DrainSource();
  RunToEnd();
}

// What is still kept in memory, whatever the moment of the next try.
void Service::RunToEnd() {
  try {
    OpenDatabase();
    session()->WaitForLocks(kLastWaitMs);
    if (source_->holds_past()) {
      recorder_.Write(session()->writer());
    } else {
      recorder_.Finish(session()->writer());
    }
  } catch (const DatabaseTrouble& trouble) {
    throw Error(fmt::format("{}: {} records that were read are not stored",
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
      pace_.Next(start, recorder_.read() - before, source_->stream().capacity);
}

ReadResult Service::Read() {
  if (!source_patience_.MayTry(Clock::now())) return ReadResult::kAgain;
  try {
    const ReadResult result = recorder_.Read();
    if (source_patience_.Succeeded())
      log_->Say(Level::kNotice, "source", "the source is there again");
    return result;
  } catch (const SourceGone& e) {
    if (options_.once) throw;
    if (source_patience_.Failed(e.what(), Clock::now())) {
      log_->Say(Level::kWarning, "source",
                fmt::format("{}: waiting for it", e.what()));
    }
    return ReadResult::kAgain;
  }
}

bool Service::Write() {
  if (!database_patience_.MayTry(Clock::now())) return false;
  try {
    const bool rewound = OpenDatabase();
    const size_t kept = recorder_.kept();
    Announce();
    recorder_.Write(session()->writer());
    Tend();
    if (database_patience_.Succeeded()) {
      log_->Say(Level::kNotice, "database",
                fmt::format("database: {}: writing again, with {} records that "
                            "had to wait",
                            options_.db, kept));
    }
    return rewound;
  } catch (const DatabaseTrouble& trouble) {
    Handle(trouble);
    return false;
  }
}

bool Service::OpenDatabase() {
  if (!database_.Open(source_->stream(), RealtimeNow())) return false;
  try {
    recorder_.Rewind();
  } catch (const SourceGone&) {
    // The next reading says so.
  }
  return true;
}

void Service::Handle(const DatabaseTrouble& trouble) {
  const bool aside = database_.Handle(trouble, RealtimeNow());
  if (database_patience_.Failed(trouble.what(), Clock::now()) && !aside) {
    log_->Say(Level::kWarning, "database",
              fmt::format("{}: trying again, records wait", trouble.what()));
  }
}

void Service::Announce() {
  if (options_.once || std::exchange(announced_, true)) return;
  log_->Say(Level::kNotice, "start",
            fmt::format("recording into {} ({}, by {})", options_.db,
                        source_->stream().source, source_->stream().hook));
}

void Service::Noticed(const Drain& drain) {
  SayGaps(drain, log_);
  progress_.last_drain_ns = RealtimeNow();
  if (drain.records > 0) {
    progress_.last_seq =
        std::max(progress_.last_seq, drain.last_id % kSeqLimit);
  }
  metrics_.Changed(Clock::now());
  notifier_.Tend(Clock::now());
  if (!next_checkpoint_)
    next_checkpoint_ = Clock::now() + options_.durable_after;
  // A pass may take many drains, and the file would grow meanwhile.
  if (drain.records > 0) Tend();
}

void Service::Tend() {
  const std::optional<std::chrono::nanoseconds> wait =
      session()->retention()->Tend(RealtimeNow(), BoottimeNow());
  WatchClock();
  next_retention_.reset();
  if (wait) next_retention_ = Clock::now() + *wait;
  if (next_checkpoint_ && Clock::now() >= *next_checkpoint_) {
    next_checkpoint_.reset();
    session()->Checkpoint();
  }
}

void Service::WatchClock() {
  const int64_t ahead_ns = session()->retention()->doubted_ns();
  const bool was_doubted = std::exchange(clock_doubted_, ahead_ns != 0);
  if (clock_doubted_ && !was_doubted) SayClockDoubted(ahead_ns, log_);
}

std::optional<Service::Clock::time_point> Service::NextDue() const {
  std::optional<Clock::time_point> due = database_patience_.retry();
  // Until then there is nothing that these could be done with.
  const auto database_work = {next_retention_, next_checkpoint_};
  if (!due) due = Earliest(database_work);
  return Earliest(
      {due, source_patience_.retry(), metrics_.due(), notifier_.due()});
}

PollTarget Service::Awaited(bool pausing) const {
  if (source_patience_.retry() || !recorder_.HasRoom()) return PollTarget();
  return pausing ? source_->urgent() : source_->ready();
}

bool Service::Sleep() {
  const std::optional<Clock::time_point> due = NextDue();
  for (;;) {
    const Clock::time_point now = Clock::now();
    if (due && now >= *due) return !waiter_.Stopped();
    const bool pausing = now < next_drain_;
    std::optional<Clock::time_point> until = due;
    if (pausing) until = std::min(next_drain_, due.value_or(next_drain_));
    switch (waiter_.WaitUntil(Awaited(pausing), until)) {
      case WakeUp::kStop:
        return false;
      case WakeUp::kReload:
      case WakeUp::kReady:
        return true;
      case WakeUp::kTimeout:
        break;
    }
  }
}

void Service::TellStatus() {
  notifier_.Tend(Clock::now());
  notifier_.SetStatus(StatusLine(source_->stream(), recorder_.tally(),
                                 !database_patience_.retry()));
  if (metrics_.due() && Clock::now() >= *metrics_.due()) WriteMetrics();
}

void Service::WriteMetrics() {
  const Stream& stream = source_->stream();
  progress_.source = stream.source;
  progress_.hook = stream.hook;
  progress_.boot_id = stream.boot.boot_id;
  progress_.tally = recorder_.tally();
  MeasureFiles(options_.db, &progress_);
  const std::string trouble = metrics_.Write(progress_, Clock::now());
  if (!trouble.empty()) log_->Say(Level::kWarning, "metrics", trouble);
}

void Service::Reload() {
  notifier_.Reloading();
  log_->Say(Level::kNotice, "reload",
            "opening source and database anew, as SIGHUP asks");
  source_->Rewind();
  database_.Close();
}

}  // namespace forkdb
