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
               fmt::format("records 1 to {} were gone before this recording "
                           "began",
                           gap.last_seq));
      continue;
    }
    log->Say(Level::kWarning, "gap",
             fmt::format("gap: records {} to {} were lost ({}): overwritten "
                         "before they were read, or not readable",
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
           fmt::format("{} records {}; put aside in the table rejects, their "
                       "numbers are gaps",
                       drain.refused, drain.rejects.front().reason));
}

void SayFilled(const Drain& drain, Log* log) {
  if (drain.filled.empty()) return;
  log->Say(Level::kNotice, "filled",
           fmt::format("{} records that were missing in gaps are stored after "
                       "all",
                       drain.filled.size()));
}

void SayClockDoubted(int64_t ahead_ns, Log* log) {
  log->Say(Level::kWarning, "clock",
           fmt::format("the clock is {} ahead of where the last records left "
                       "it: --keep does not go by it for an hour: if it is "
                       "wrong, set it",
                       FormatLength(ahead_ns)));
}

void SayTally(const Tally& tally, Log* log) {
  log->Say(Level::kNotice, "tally",
           fmt::format("{} records, {} known before, {} lines rejected, {} "
                       "gaps with {} records missing{}",
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
