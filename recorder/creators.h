// Who created whom, within one boot.

#ifndef FORKDB_RECORDER_CREATORS_H_
#define FORKDB_RECORDER_CREATORS_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "store/record.h"

namespace forkdb {

// Finds the record that created a process. A process is a process id and a
// start time together, so the answer is exact under pid reuse and across gaps.
// Threads are left out, for no thread id is a caller's tgid.
//
// Remembers the processes of late that were created or asked for, and looks for
// the others in the database, by the blocks' ranges of start times: little
// memory, however long it lives, and nothing to read at a start. Not
// thread-safe; the database must outlive it.
class Creators {
 public:
  explicit Creators(SQLite::Database* database);

  // Answers for this boot from now on; boot is the id of a boots row.
  void Attach(int64_t boot);

  // The id of the record that created the caller of the record with this id:
  // an earlier one, if both are of one stream.
  std::optional<int64_t> Find(int64_t id, const Record& record);

  // Remembers that the record with this id created its child.
  void Add(int64_t id, const Record& record);

  // Makes it usable again after an exception, and forgets all.
  void Reset();

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
  using Generation = std::unordered_map<Process, int64_t, Hash>;

  // More than a block: what cannot be looked up, for it lies in a block that is
  // not closed yet, is still remembered.
  static constexpr size_t kGeneration = 4 * kBlockRecords;

  int64_t* Remembered(const Process& process);
  void Remember(const Process& process, int64_t id);
  int64_t LookUp(const Process& process);

  SQLite::Statement look_up_;
  // When young_ is full, it takes the place of old_.
  Generation young_, old_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_CREATORS_H_
