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
  for (const Gap& gap : drain.gaps) {
    if (gap.first_seq == 1) {
      log->Say(Level::kNotice, "first gap",
               fmt::format("records 1 to {} were lost before recording began",
                           gap.last_seq));
      continue;
    }
    log->Say(Level::kWarning, "gap",
             fmt::format("gap: {2} records lost ({0} to {1}): overwritten "
                         "before they were read, or unreadable",
                         gap.first_seq, gap.last_seq, gap.missing()));
  }
  if (drain.missed > 0) {
    log->Say(Level::kWarning, "missed",
             fmt::format("{} calls were skipped by the kernel's hook: see the "
                         "table missed",
                         drain.missed));
  }
}

void SayRefused(const Drain& drain, Log* log) {
  if (drain.refused == 0) return;
  log->Say(Level::kWarning, "refused",
           fmt::format(
               "{} records {}: they are in the table rejects and count as gaps",
               drain.refused, drain.rejects.front().reason));
}

void SayFilled(const Drain& drain, Log* log) {
  if (drain.filled.empty()) return;
  log->Say(Level::kNotice, "filled",
           fmt::format("{} missing records arrived late and were stored",
                       drain.filled.size()));
}

void SayClockDoubted(int64_t ahead_ns, Log* log) {
  log->Say(Level::kWarning, "clock",
           fmt::format("the clock jumped {} ahead: --keep ignores it for an "
                       "hour: set it if it is wrong",
                       FormatLength(ahead_ns)));
}

void SayTally(const Tally& tally, Log* log) {
  log->Say(Level::kNotice, "tally",
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
