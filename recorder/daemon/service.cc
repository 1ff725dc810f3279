#include "recorder/daemon/service.h"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/error.h"
#include "base/time.h"
#include "recorder/daemon/messages.h"
#include "recorder/source/privileges.h"

namespace forkdb {

namespace {

// At the end there is no later try.
constexpr int kLastWaitMs = 10'000;
constexpr std::chrono::milliseconds kNamesAtTheEnd(10'000);

// How often to look whether the system has answered who a user is.
constexpr std::chrono::seconds kNamesPause(1);

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
      usernames_(nullptr, options_.once ? kNamesAtTheEnd : Usernames::kBudget),
      database_(
          {options_.db, options_.group, options_.retention, options_.once}, log,
          &usernames_, options_.once ? nullptr : &heartbeat_),
      heartbeat_(options_.db),
      metrics_(options_.metrics),
      recorder_(
          source_.get(), RealtimeNow,
          [this](const Drain& drain) { Noticed(drain); },
          [this] { return waiter_.Stopped(); }),
      pacer_(options_.interval) {
  if (options_.once && !source_->holds_past()) {
    throw UsageError("--once: eBPF sees only what comes: leave out --once");
  }
  progress_.start_ns = RealtimeNow();
  if (options_.retention.max_bytes) {
    recorder_.SetMostAtOnce(
        static_cast<size_t>(MostRecordsAtOnce(*options_.retention.max_bytes)));
  }
  start_boottime_ns_ = BoottimeNow();
  try {
    OpenDatabase();
  } catch (const DatabaseTrouble& trouble) {
    Handle(trouble);
  }
  // Files are opened again while recording: that may need what root has.
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
  WriteMetrics();
  SayTally(recorder_.tally(), log_);
}

void Service::RunOnce() {
  for (;;) {
    ReadResult result = Read();
    if (Write()) result = ReadResult::kMore;
    const bool is_stored = !database_backoff_.retry();
    if (is_stored && !source_trouble_.empty()) GiveUpSource();
    if (waiter_.Stopped()) return;
    if (!is_stored) {  // a damaged one has been moved aside
      waiter_.WaitUntil(PollTarget(), database_backoff_.retry());
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
  } while (source_trouble_.empty() && Sleep());
  heartbeat_.Enter("stops");
  notifier_.Stopping();
  DrainSource();
  RunToEnd();
  if (!source_trouble_.empty()) GiveUpSource();
}

void Service::GiveUpSource() const {
  const int64_t records = recorder_.tally().records;
  if (records == 0) throw Error(source_trouble_);
  throw Error(fmt::format("{} ({} records that were read before it are stored)",
                          source_trouble_, records));
}

// What is still kept in memory, whatever the moment of the next try.
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
      pacer_.Next(start, recorder_.read() - before, source_->stream().capacity);
}

ReadResult Service::Read() {
  if (!source_trouble_.empty()) return ReadResult::kEnd;
  if (!source_backoff_.MayTry(Clock::now())) return ReadResult::kAgain;
  try {
    const ReadResult result = recorder_.Read();
    if (source_backoff_.Succeeded())
      log_->Say(Level::kNotice, "source", "the source is there again");
    return result;
  } catch (const SourceGone& e) {
    if (options_.once) throw;
    if (source_backoff_.Failed(e.what(), Clock::now())) {
      log_->Say(Level::kWarning, "source",
                fmt::format("{}: waiting for it", e.what()));
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
    if (kept > 0) heartbeat_.Enter("stores records and looks up users' names");
    recorder_.Write(session()->writer());
    Tend();
    if (database_backoff_.Succeeded()) {
      log_->Say(Level::kNotice, "database",
                fmt::format("database: {}: writing again, with {} records that "
                            "had to wait",
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
    return true;  // the next reading says so
  } catch (const Error& e) {
    source_trouble_ = e.what();
    return false;
  }
}

void Service::Handle(const DatabaseTrouble& trouble) {
  const bool aside = database_.Handle(trouble, RealtimeNow());
  if (database_backoff_.Failed(trouble.what(), Clock::now()) && !aside) {
    log_->Say(Level::kWarning, "database",
              fmt::format("{}: trying again, records wait", trouble.what()));
  }
  SetTrouble();
}

void Service::SetTrouble() {
  heartbeat_.state()->waiting = static_cast<int64_t>(recorder_.kept());
  const std::string& trouble = database_backoff_.retry()
                                   ? database_backoff_.trouble()
                                   : source_backoff_.trouble();
  const bool was_trouble = !heartbeat_.state()->trouble.empty();
  heartbeat_.SetTrouble(trouble);
  if (was_trouble == trouble.empty()) metrics_.Changed(Clock::now());
}

void Service::Announce() {
  if (options_.once || std::exchange(announced_, true)) return;
  log_->Say(Level::kNotice, "start",
            fmt::format("recording into {} ({}, by {})", options_.db,
                        source_->stream().source, source_->stream().hook));
}

void Service::Noticed(const Drain& drain) {
  SayGaps(drain, log_);
  SayRefused(drain, log_);
  SayFilled(drain, log_);
  progress_.last_drain_ns = RealtimeNow();
  heartbeat_.state()->last_commit_ns = BoottimeNow();
  if (drain.records > 0) {
    progress_.last_seq =
        std::max(progress_.last_seq, drain.last_id % kSeqLimit);
  }
  metrics_.Changed(Clock::now());
  notifier_.Tend(Clock::now());
  Beat();
  if (!next_checkpoint_)
    next_checkpoint_ = Clock::now() + options_.durable_after;
  // The commit has said it.
  next_mark_ = Clock::now() + options_.durable_after;
  // A pass may take many drains, and the file would grow meanwhile.
  if (drain.records > 0) Tend();
}

void Service::Tend() {
  heartbeat_.Enter("prunes");
  const std::optional<std::chrono::nanoseconds> wait =
      session()->retention()->Tend(RealtimeNow(), BoottimeNow());
  WatchClock();
  next_retention_.reset();
  if (wait) next_retention_ = Clock::now() + *wait;
  if (next_checkpoint_ && Clock::now() >= *next_checkpoint_) {
    next_checkpoint_.reset();
    heartbeat_.Enter("makes what is stored durable");
    session()->Checkpoint();
  }
  if (Clock::now() >= next_mark_) {
    next_mark_ = Clock::now() + options_.durable_after;
    if (recorder_.MarkWatched(session()->writer())) {
      heartbeat_.state()->last_commit_ns = BoottimeNow();
      metrics_.Changed(Clock::now());
    }
  }
}

void Service::WatchClock() {
  const int64_t ahead_ns = session()->retention()->doubted_ns();
  const bool was_doubted = std::exchange(clock_doubted_, ahead_ns != 0);
  if (clock_doubted_ && !was_doubted) SayClockDoubted(ahead_ns, log_);
}

std::optional<Service::Clock::time_point> Service::NextDue() const {
  std::optional<Clock::time_point> due = database_backoff_.retry();
  const Clock::time_point now = Clock::now();
  Moment names;
  if (usernames_.waiting()) names = now + kNamesPause;
  // Until then there is nothing that these could be done with.
  const auto database_work = {next_retention_, next_checkpoint_, names,
                              Moment(next_mark_)};
  if (!due) due = Earliest(database_work);
  return Earliest({due, source_backoff_.retry(), metrics_.due(),
                   notifier_.due(), heartbeat_.due()});
}

PollTarget Service::Awaited(bool pausing) const {
  if (source_backoff_.retry() || !recorder_.HasRoom()) return PollTarget();
  return pausing ? source_->urgent() : source_->ready();
}

bool Service::Sleep() {
  heartbeat_.Enter("waits for records");
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

void Service::Beat() {
  RecorderState* const state = heartbeat_.state();
  const Tally& tally = recorder_.tally();
  state->waiting = static_cast<int64_t>(recorder_.kept());
  state->records = tally.records;
  state->duplicates = tally.duplicates;
  state->rejected = tally.rejected;
  state->gaps = tally.gaps;
  state->missing = tally.missing;
  heartbeat_.Tend(Clock::now());
  // Nothing is stored that would bring these up to date.
  if (state->waiting > 0 || !state->trouble.empty()) {
    metrics_.Changed(Clock::now());
  }
}

void Service::TellStatus() {
  notifier_.Tend(Clock::now());
  SetTrouble();
  Beat();
  notifier_.SetStatus(StatusLine(source_->stream(), recorder_.tally(),
                                 !database_backoff_.retry()));
  if (metrics_.due() && Clock::now() >= *metrics_.due()) WriteMetrics();
}

void Service::WriteMetrics() {
  const Stream& stream = source_->stream();
  progress_.source = stream.source;
  progress_.hook = stream.hook;
  progress_.boot_id = stream.boot.boot_id;
  progress_.tally = recorder_.tally();
  const RecorderState& state = *heartbeat_.state();
  progress_.waiting = static_cast<int64_t>(recorder_.kept());
  progress_.since_commit_ns =
      BoottimeNow() -
      (state.last_commit_ns > 0 ? state.last_commit_ns : start_boottime_ns_);
  progress_.in_trouble = !state.trouble.empty();
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
