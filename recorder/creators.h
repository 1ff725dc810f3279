// Who created whom, within one boot.

#ifndef FORKDB_RECORDER_CREATORS_H_
#define FORKDB_RECORDER_CREATORS_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "store/record.h"

namespace forkdb {

// The latest creation of every process id. A caller was created by the latest
// record before its own that made its process id, and by that one only if the
// start times agree: then the answer is exact under pid reuse and across gaps.
// Threads are left out, for no thread id is a caller's tgid. Holds at most one
// small entry a process id. Not thread-safe.
class Creators {
 public:
  // Reads what the database holds of the boot. boot is the id of a boots row.
  void Load(SQLite::Database* database, int64_t boot);

  // The id of the record that created the record's caller.
  std::optional<int64_t> Find(const Record& record) const;

  // Remembers that the record with this id created its child.
  void Add(int64_t id, const Record& record);

 private:
  struct Creation {
    int64_t id = 0;
    int64_t start_ns = 0;
  };
  void Add(int64_t id, int32_t child_pid, int64_t child_start_ns);

  std::unordered_map<int32_t, Creation> by_pid_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_CREATORS_H_
