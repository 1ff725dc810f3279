// Events: each number of a stream stands for one.

#ifndef FORKDB_RECORDER_SOURCE_EVENT_H_
#define FORKDB_RECORDER_SOURCE_EVENT_H_

#include <cstdint>

#include "store/record.h"

namespace forkdb {

enum class EventKind : uint8_t { kCall };

// The fields that all kinds of event share, and a pointer to the payload. Does
// not own the payload, which must outlive it. A new kind needs a pointer to its
// payload here, a vector in Batch, and a case wherever code tests the kind.
struct Event {
  explicit Event(const Record& record)
      : seq(record.seq), time_ns(record.time_ns), call(&record) {}

  EventKind kind = EventKind::kCall;
  int64_t seq;
  int64_t time_ns;     // CLOCK_REALTIME
  const Record* call;  // for kCall
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_EVENT_H_
