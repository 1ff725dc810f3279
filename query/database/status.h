// The state of a recording, for `forkdb status`.

#ifndef FORKDB_QUERY_DATABASE_STATUS_H_
#define FORKDB_QUERY_DATABASE_STATUS_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/coverage/downtime.h"
#include "store/recorder_state.h"

namespace forkdb {

inline constexpr char kLogIsLost[] =
    "the recorder's log (-wal beside the database) was deleted: restart the "
    "recorder, or the newest records may be lost";

// Times are in ns since the epoch. Missing or unknown values are nullopt.
struct Status {
  // The recorder's status file and its age; nullopt if no recorder runs.
  std::optional<RecorderState> recorder;
  int64_t silence_ns = 0;
  bool recorder_is_stopped = false;  // by a signal
  bool log_is_lost = false;          // the recorder's -wal was removed
  // The stream recorded last; empty if there is none.
  std::string boot_id;
  std::string source;
  std::string hook;
  int64_t capacity = 0;
  int64_t last_seq = 0;
  std::optional<int64_t> lag;  // records in the source that are not stored yet
  std::optional<int64_t> last_drain_ns;
  int64_t recent_records = 0;  // in the last minute
  // All streams.
  int64_t records = 0;
  int64_t gaps = 0;
  int64_t missing = 0;         // numbers in the gaps
  int64_t recent_missing = 0;  // noticed in the last hour
  int64_t missed = 0;          // calls that the hook skipped
  int64_t recent_missed = 0;   // noticed in the last hour
  int64_t downtimes = 0;
  std::optional<Downtime> last_downtime;
  int64_t rejects = 0;  // rejected lines still in the table
  int64_t thinned = 0;
  int64_t pruned = 0;
  std::optional<int64_t> oldest_ns;
  std::optional<int64_t> newest_ns;
  int64_t database_bytes = 0;
  int64_t log_bytes = 0;
  std::optional<int64_t> keep_ns;
  std::optional<int64_t> max_bytes;
  std::optional<int64_t> next_prune_ns;  // by age
  std::vector<std::string> problems;     // messages
};

// Reads the fields that the database knows. Takes a few look-ups for any number
// of records. Throws SQLite::Exception.
Status ReadStatus(SQLite::Database* database, int64_t now_ns);

// Returns messages about problems, judged by the other fields. now_boottime_ns
// is CLOCK_BOOTTIME.
std::vector<std::string> FindProblems(const Status& status,
                                      int64_t now_boottime_ns);

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_STATUS_H_
