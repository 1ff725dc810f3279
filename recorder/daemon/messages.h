// Log messages about a recorder's work.

#ifndef FORKDB_RECORDER_DAEMON_MESSAGES_H_
#define FORKDB_RECORDER_DAEMON_MESSAGES_H_

#include <cstdint>
#include <string>

#include "base/log.h"
#include "recorder/daemon/recorder.h"
#include "recorder/ingest/writer.h"
#include "recorder/source/source.h"

namespace forkdb {

// Logs the gaps of a drain, and the calls that the hook skipped. Records that
// were lost before recording began are a notice, not a warning.
void SayGaps(const Drain& drain, Log* log);

// Logs how many records the database refused, and why it refused the first.
void SayRefused(const Drain& drain, Log* log);

// Logs how many missing records have arrived late.
void SayFilled(const Drain& drain, Log* log);

// Logs how far the clock is ahead of the time that retention uses.
void SayClockDoubted(int64_t ahead_ns, Log* log);

// Logs the totals of a run.
void SayTally(const Tally& tally, Log* log);

// Returns one line for the service manager.
std::string StatusLine(const Stream& stream, const Tally& tally, bool writable);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_MESSAGES_H_
