#include "recorder/service.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <system_error>
#include <utility>

#include "recorder/alive_table.h"
#include "recorder/aside.h"
#include "recorder/privileges.h"
#include "store/database.h"
#include "store/error.h"
#include "store/time.h"

namespace forkdb {

namespace {

// How long to wait for another program's lock. A recorder that goes on reads
// its source meanwhile, and tries again.
constexpr int kShortWaitMs = 250;
constexpr int kLongWaitMs = 10'000;

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
      lock_(options_.db),
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
  SayTally();
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
  recorder_.Finish(session_->writer());
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
    session_->WaitForLocks(kLongWaitMs);
    if (source_->holds_past()) {
      recorder_.Write(session_->writer());
    } else {
      recorder_.Finish(session_->writer());
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
    recorder_.Write(session_->writer());
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
  LeaveReplaced();
  lock_.LeaveIfLost();
  if (options_.db != kMemoryDatabase) EnsureDirectory(options_.db);
  lock_.Take();
  if (session_ != nullptr) return false;
  std::unique_ptr<Session> session =
      Session::Open(options_.db, options_.group, options_.retention,
                    options_.once ? kLongWaitMs : kShortWaitMs);
  NoteAliveProcesses(session->database());
  session_ = std::move(session);
  was_open_ = true;
  if (!std::exchange(is_successor_, false)) return false;
  try {
    recorder_.Rewind();
  } catch (const SourceGone&) {
    // The next reading says so.
  }
  return true;
}

void Service::NoteAliveProcesses(SQLite::Database* database) {
  const std::string trouble =
      NoteAlive(source_->stream(), RealtimeNow(), database, options_.db);
  if (!trouble.empty()) {
    log_->Say(Level::kWarning, "alive",
              "processes already alive are not all noted: " + trouble);
  }
}

void Service::LeaveReplaced() {
  if (session_ == nullptr || !session_->Replaced()) return;
  const std::string fate = session_->Leave();
  session_.reset();
  is_successor_ = true;
  log_->Say(Level::kWarning, "database",
            fmt::format("database: {}: {}: going on in a new file", options_.db,
                        fate));
}

void Service::Handle(const DatabaseTrouble& trouble) {
  using Kind = DatabaseTrouble::Kind;
  const bool passing =
      trouble.kind() == Kind::kPassing || trouble.kind() == Kind::kStale;
  const bool aside =
      trouble.kind() == Kind::kDamaged && IsOurs() && TryMoveAside(trouble);
  if (trouble.kind() != Kind::kPassing) {
    // It may be another file by the time that it is opened again.
    is_successor_ = was_open_;
    session_.reset();
  }
  if (!aside && (options_.once || (!was_open_ && !passing))) throw trouble;
  if (database_patience_.Failed(trouble.what(), Clock::now()) && !aside) {
    log_->Say(Level::kWarning, "database",
              fmt::format("{}: trying again, records wait", trouble.what()));
  }
}

// A session that found the damage knows its file; without one, the file itself
// must say that it is forkdb's.
bool Service::IsOurs() const {
  return session_ != nullptr ? !session_->Replaced()
                             : HasOurHeader(options_.db);
}

bool Service::TryMoveAside(const DatabaseTrouble& trouble) {
  session_.reset();
  try {
    const std::string path = MoveAside(options_.db, RealtimeNow());
    log_->Say(Level::kError, "database",
              fmt::format("{}: it is {} now, going on in a new file",
                          trouble.what(), path));
    return true;
  } catch (const DatabaseTrouble& e) {
    log_->Say(
        Level::kError, "database",
        fmt::format("{}: cannot move it aside: {}", trouble.what(), e.what()));
    return false;
  }
}

void Service::Announce() {
  if (options_.once || std::exchange(announced_, true)) return;
  log_->Say(Level::kNotice, "start",
            fmt::format("recording into {} ({}, by {})", options_.db,
                        source_->stream().source, source_->stream().hook));
}

void Service::Noticed(const Drain& drain) {
  SayGaps(drain);
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
      session_->retention()->Tend(RealtimeNow(), BoottimeNow());
  SayClock();
  next_retention_.reset();
  if (wait) next_retention_ = Clock::now() + *wait;
  if (next_checkpoint_ && Clock::now() >= *next_checkpoint_) {
    next_checkpoint_.reset();
    session_->Checkpoint();
  }
}

void Service::SayClock() {
  const int64_t ahead_ns = session_->retention()->doubted_ns();
  const bool was_doubted = std::exchange(clock_doubted_, ahead_ns != 0);
  if (!clock_doubted_ || was_doubted) return;
  log_->Say(Level::kWarning, "clock",
            fmt::format("the clock is {} ahead of where the last records left "
                        "it: --keep does not go by it for an hour: if it is "
                        "wrong, set it",
                        FormatLength(ahead_ns)));
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

void Service::SayGaps(const Drain& drain) const {
  for (const Gap& gap : drain.gaps) {
    if (gap.first_seq == 1) {
      log_->Say(Level::kNotice, "first gap",
                fmt::format("records 1 to {} were gone before this recording "
                            "began",
                            gap.last_seq));
      continue;
    }
    log_->Say(Level::kWarning, "gap",
              fmt::format("gap: records {} to {} were lost ({}): overwritten "
                          "before they were read, or not readable",
                          gap.first_seq, gap.last_seq, gap.missing()));
  }
}

void Service::TellStatus() {
  notifier_.Tend(Clock::now());
  const Tally& tally = recorder_.tally();
  notifier_.SetStatus(fmt::format(
      "{}: {} records, {} gaps with {} records missing{}",
      source_->stream().source, tally.records, tally.gaps, tally.missing,
      database_patience_.retry() ? "; the database cannot be written" : ""));
  if (metrics_.due() && Clock::now() >= *metrics_.due()) WriteMetrics();
}

void Service::WriteMetrics() {
  const Stream& stream = source_->stream();
  progress_.source = stream.source;
  progress_.hook = stream.hook;
  progress_.boot_id = stream.boot.boot_id;
  progress_.tally = recorder_.tally();
  const auto size = [](const std::string& path) {
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(path, error);
    return error ? 0 : static_cast<int64_t>(bytes);
  };
  progress_.database_bytes = size(options_.db);
  progress_.log_bytes = size(options_.db + "-wal");
  const std::string trouble = metrics_.Write(progress_, Clock::now());
  if (!trouble.empty()) log_->Say(Level::kWarning, "metrics", trouble);
}

void Service::Reload() {
  notifier_.Reloading();
  log_->Say(Level::kNotice, "reload",
            "opening source and database anew, as SIGHUP asks");
  source_->Rewind();
  session_.reset();
}

void Service::SayTally() const {
  const Tally& tally = recorder_.tally();
  log_->Say(Level::kNotice, "tally",
            fmt::format("{} records, {} known before, {} lines rejected, {} "
                        "gaps with {} records missing",
                        tally.records, tally.duplicates, tally.rejected,
                        tally.gaps, tally.missing));
}

}  // namespace forkdb
