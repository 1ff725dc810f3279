// Who created whom, within one boot.

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

// Finds the record that created a process. A process is a process id and a
// start time together, so the answer is exact under pid reuse and across gaps.
// Threads are left out, for no thread id is a caller's tgid.
//
// Remembers the processes of late that were created or asked for, and looks for
// the others in the database, in logarithmic time: little memory, however long
// it lives, and nothing to read at a start. Not thread-safe; the blocks must
// outlive it.
class ParentLookup {
 public:
  // boot is the id of a row of the table boots.
  ParentLookup(int64_t boot, BlockSummaries* blocks);

  // The id of the record that created the caller of the record with this id:
  // an earlier one, if both are of one stream.
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
  // To the id of the creating record, 0 where there is none.
  using Processes = RecentMap<std::unordered_map<Process, int64_t, Hash>>;

  // Two generations are some 4 MB.
  static constexpr size_t kGeneration = 32'768;

  int64_t boot_;
  BlockSummaries* blocks_;
  Processes processes_{kGeneration};
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_PARENT_LOOKUP_H_
