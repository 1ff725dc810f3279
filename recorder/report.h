// What a recorder has to say of its work.

#ifndef FORKDB_RECORDER_REPORT_H_
#define FORKDB_RECORDER_REPORT_H_

#include <cstdint>
#include <string>

#include "recorder/log.h"
#include "recorder/recorder.h"
#include "recorder/source.h"
#include "recorder/writer.h"

namespace forkdb {

// Each gap a line. That numbers were gone before the beginning is no warning.
void SayGaps(const Drain& drain, Log* log);

// How far the clock is ahead of what retention goes by.
void SayClockDoubted(int64_t ahead_ns, Log* log);

void SayTally(const Tally& tally, Log* log);

// One line for the service manager.
std::string StatusLine(const Stream& stream, const Tally& tally, bool writable);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_REPORT_H_
