// Finds which record created a process, within one boot.

#ifndef FORKDB_RECORDER_INGEST_PARENT_LOOKUP_H_
#define FORKDB_RECORDER_INGEST_PARENT_LOOKUP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "recorder/ingest/block_summaries.h"
#include "recorder/ingest/recent_map.h"
#include "store/record.h"

namespace forkdb {

// A process is identified by its pid and its start time, so the answer is exact
// even if pids are reused or records are missing. Threads are ignored, because
// no thread's id is a caller's tgid.
//
// Remembers the processes that were most recently created or asked for, and
// looks the others up in the database in logarithmic time. So its memory is
// bounded, and it reads nothing when the recorder starts. Not thread-safe. The
// blocks must outlive it.
class ParentLookup {
 public:
  // boot is the id of a row of the table boots.
  ParentLookup(int64_t boot, BlockSummaries* blocks);

  // Returns the id of the record that created the caller of this record. id is
  // this record's id. If both are of one stream, the returned id is the lower.
  std::optional<int64_t> Find(int64_t id, const Record& record);

  // Remembers that the record with this id created its child.
  void Add(int64_t id, const Record& record);

 private:
  struct Process {
    int64_t start_ns;
    int32_t pid;

    bool operator==(const Process& other) const {
      return start_ns == other.start_ns && pid == other.pid;
    }
  };
  struct Hash {
    size_t operator()(const Process& process) const;
  };
  // Maps a process to the id of the record that created it; 0 for none.
  using Processes = RecentMap<std::unordered_map<Process, int64_t, Hash>>;

  // Two generations take about 4 MB.
  static constexpr size_t kGeneration = 32'768;

  int64_t boot_;
  BlockSummaries* blocks_;
  Processes processes_{kGeneration};
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_PARENT_LOOKUP_H_
