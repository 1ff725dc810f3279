#include "recorder/daemon/messages.h"

#include <fmt/core.h>

#include "base/duration.h"

namespace forkdb {
namespace {

std::string Missed(const Tally& tally) {
  if (tally.missed == 0) return "";
  return fmt::format(", {} calls skipped by the hook", tally.missed);
}

}  // namespace

void SayGaps(const Drain& drain, Log* log) {
  // One drain can have thousands of gaps.
  constexpr size_t kMostTold = 3;
  int64_t untold_records = 0;
  for (size_t i = 0; i < drain.gaps.size(); ++i) {
    const Gap& gap = drain.gaps[i];
    if (i >= kMostTold) {
      untold_records += gap.missing();
    } else if (gap.first_seq == 1) {
      log->Say(Level::kNotice,
               fmt::format("records 1 to {} were lost before recording began",
                           gap.last_seq));
    } else {
      log->Say(Level::kWarning,
               fmt::format("gap: {2} records lost ({0} to {1}): overwritten "
                           "before they were read, or unreadable",
                           gap.first_seq, gap.last_seq, gap.missing()));
    }
  }
  if (untold_records > 0) {
    log->Say(Level::kWarning,
             fmt::format("{} more gaps: {} records lost: see the table gaps",
                         drain.gaps.size() - kMostTold, untold_records));
  }
  if (drain.missed > 0) {
    log->Say(Level::kWarning,
             fmt::format("{} calls were skipped by the kernel's hook: see the "
                         "table missed",
                         drain.missed));
  }
}

void SayRefused(const Drain& drain, Log* log) {
  if (drain.refused == 0) return;
  log->Say(Level::kWarning,
           fmt::format(
               "{} records {}: they are in the table rejects and count as gaps",
               drain.refused, drain.rejects.front().reason));
}

void SayFilled(const Drain& drain, Log* log) {
  if (drain.filled.empty()) return;
  log->Say(Level::kNotice,
           fmt::format("{} missing records arrived late and were stored",
                       drain.filled.size()));
}

void SayClockDoubted(int64_t ahead_ns, Log* log) {
  log->Say(Level::kWarning,
           fmt::format("the clock jumped {} ahead: --keep ignores it for an "
                       "hour: set it if it is wrong",
                       FormatLength(ahead_ns)));
}

void SayTally(const Tally& tally, Log* log) {
  log->Say(Level::kNotice,
           fmt::format("{} records, {} duplicates, {} lines rejected, {} gaps "
                       "with {} records missing{}",
                       tally.records, tally.duplicates, tally.rejected,
                       tally.gaps, tally.missing, Missed(tally)));
}

std::string StatusLine(const Stream& stream, const Tally& tally,
                       bool writable) {
  return fmt::format("{}: {} records, {} gaps with {} records missing{}{}",
                     stream.source, tally.records, tally.gaps, tally.missing,
                     Missed(tally),
                     writable ? "" : "; the database cannot be written");
}

}  // namespace forkdb
