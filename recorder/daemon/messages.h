// What a recorder has to say of its work.

#ifndef FORKDB_RECORDER_DAEMON_MESSAGES_H_
#define FORKDB_RECORDER_DAEMON_MESSAGES_H_

#include <cstdint>
#include <string>

#include "base/log.h"
#include "recorder/daemon/recorder.h"
#include "recorder/ingest/writer.h"
#include "recorder/source/source.h"

namespace forkdb {

// Each gap a line, and skipped calls. That numbers were gone before the
// beginning is no warning.
void SayGaps(const Drain& drain, Log* log);

// Records that the database refuses, and why the first of them.
void SayRefused(const Drain& drain, Log* log);

// Records that were counted as missing and have arrived.
void SayFilled(const Drain& drain, Log* log);

// How far the clock is ahead of what retention goes by.
void SayClockDoubted(int64_t ahead_ns, Log* log);

void SayTally(const Tally& tally, Log* log);

// One line for the service manager.
std::string StatusLine(const Stream& stream, const Tally& tally, bool writable);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_MESSAGES_H_
