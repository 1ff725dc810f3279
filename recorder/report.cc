#include "recorder/report.h"

#include <fmt/core.h>

#include "store/duration.h"

namespace forkdb {

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
                       "gaps with {} records missing",
                       tally.records, tally.duplicates, tally.rejected,
                       tally.gaps, tally.missing));
}

std::string StatusLine(const Stream& stream, const Tally& tally,
                       bool writable) {
  return fmt::format("{}: {} records, {} gaps with {} records missing{}",
                     stream.source, tally.records, tally.gaps, tally.missing,
                     writable ? "" : "; the database cannot be written");
}

}  // namespace forkdb
