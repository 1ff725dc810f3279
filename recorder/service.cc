#include "recorder/service.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "recorder/alive_table.h"
#include "recorder/privileges.h"
#include "store/database.h"
#include "store/error.h"
#include "store/escape.h"
#include "store/time.h"

namespace forkdb {

Service::Service(ServiceOptions options, Say say)
    : options_(std::move(options)),
      say_(std::move(say)),
      source_(OpenSource(options_.source, RealtimeNow())),
      database_([&] {
        if (options_.once && !source_->holds_past()) {
          throw UsageError(
              "--once: eBPF sees only what comes: leave out --once");
        }
        return OpenForWriting(options_.db, options_.group);
      }()),
      writer_(&database_, options_.db),
      retention_(options_.retention, &database_, options_.db),
      recorder_(
          source_.get(), &writer_, RealtimeNow,
          [this](const Drain& drain) {
            SayGaps(drain);
            // A pass may take many drains, and the file would grow meanwhile.
            if (drain.records > 0) Tend();
          },
          [this] { return waiter_.Stopped(); }) {
  const std::string trouble =
      NoteAlive(source_->stream(), RealtimeNow(), &database_, options_.db);
  if (!trouble.empty()) {
    say_("processes already alive are not all noted: " + trouble);
  }
  // Files are opened again while recording: that may need what root has.
  if (source_->stream().source != kFile) DropPrivileges();
}

void Service::Run() {
  if (options_.once) {
    RunOnce();
  } else {
    RunForever();
  }
  SayTally();
}

void Service::RunOnce() {
  while (recorder_.Pass() != ReadResult::kEnd) {
    if (waiter_.Wait(source_->ready(), std::nullopt) == WakeUp::kStop) return;
  }
  recorder_.Finish();
}

void Service::RunForever() {
  say_(fmt::format("recording into {} ({}, by {})",
                   EscapeForDisplay(options_.db), source_->stream().source,
                   source_->stream().hook));
  do {
    DrainSource();
    Tend();
  } while (Sleep());
  DrainSource();
  if (!source_->holds_past()) recorder_.Finish();
}

void Service::DrainSource() {
  next_drain_ = Clock::now() + options_.interval;
  recorder_.Pass();
}

void Service::Tend() {
  const std::optional<std::chrono::nanoseconds> wait =
      retention_.Tend(RealtimeNow());
  next_retention_.reset();
  if (wait) next_retention_ = Clock::now() + *wait;
}

std::optional<Service::Clock::time_point> Service::NextDue() const {
  return next_retention_;
}

bool Service::Sleep() {
  const std::optional<Clock::time_point> due = NextDue();
  for (;;) {
    const Clock::time_point now = Clock::now();
    if (due && now >= *due) return !waiter_.Stopped();
    const bool pausing = now < next_drain_;
    std::optional<Clock::time_point> until = due;
    if (pausing) until = std::min(next_drain_, due.value_or(next_drain_));
    const PollTarget target = pausing ? source_->urgent() : source_->ready();
    switch (waiter_.WaitUntil(target, until)) {
      case WakeUp::kStop:
        return false;
      case WakeUp::kReady:
        return true;
      case WakeUp::kTimeout:
        break;
    }
  }
}

void Service::SayGaps(const Drain& drain) const {
  for (const Gap& gap : drain.gaps) {
    say_(gap.first_seq == 1
             ? fmt::format(
                   "records 1 to {} were gone before this recording began",
                   gap.last_seq)
             : fmt::format(
                   "gap: records {} to {} were lost ({}): overwritten before "
                   "they were read, or not readable",
                   gap.first_seq, gap.last_seq, gap.missing()));
  }
}

void Service::SayTally() const {
  const Tally& tally = recorder_.tally();
  say_(fmt::format(
      "{} records, {} known before, {} lines rejected, {} gaps with {} "
      "records missing",
      tally.records, tally.duplicates, tally.rejected, tally.gaps,
      tally.missing));
}

}  // namespace forkdb
