// Events: what the numbers of a stream stand for.

#ifndef FORKDB_RECORDER_SOURCE_EVENT_H_
#define FORKDB_RECORDER_SOURCE_EVENT_H_

#include <cstdint>

#include "store/record.h"

namespace forkdb {

enum class EventKind : uint8_t { kCall };

// What all kinds of event share, and the payload of this one. Does not own the
// payload, which must outlive it. A new kind adds a pointer to its payload, a
// vector to Batch and a case where kind is asked for.
struct Event {
  explicit Event(const Record& record)
      : seq(record.seq), time_ns(record.time_ns), call(&record) {}

  EventKind kind = EventKind::kCall;
  int64_t seq;
  int64_t time_ns;     // CLOCK_REALTIME
  const Record* call;  // of kCall
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_EVENT_H_
