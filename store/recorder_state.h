// The recorder's status file beside its database.

#ifndef FORKDB_STORE_RECORDER_STATE_H_
#define FORKDB_STORE_RECORDER_STATE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace forkdb {

// Times are CLOCK_BOOTTIME in ns; 0 means never.
struct RecorderState {
  // Identify the process: pid and start time (field 22 of /proc/PID/stat) are
  // valid in this PID namespace ("pid:[4026531836]") and boot.
  int64_t pid = 0;
  int64_t start_ticks = 0;
  std::string pid_namespace;
  std::string boot_id;
  // Inodes of its open files; 0 for none. They tell the database from a copy,
  // which has another inode.
  int64_t database_inode = 0;
  int64_t log_inode = 0;
  int64_t heartbeat_ns = 0;
  std::string phase;  // what it does; completes "while it …"
  int64_t last_commit_ns = 0;
  int64_t waiting = 0;  // records read but not stored
  // Why it cannot read or store, and since when; empty if it can.
  std::string trouble;
  int64_t trouble_since_ns = 0;
  // The last loss of history, and its time; empty if none.
  std::string incident;
  int64_t incident_ns = 0;
  // The same as in the metrics.
  int64_t records = 0;
  int64_t duplicates = 0;
  int64_t rejected = 0;
  int64_t gaps = 0;
  int64_t missing = 0;
};

// The file always has this size, so that it can be rewritten on a full disk.
inline constexpr size_t kRecorderStateBytes = 4096;

// The database's path, links resolved, and "-status".
std::string StatusPath(const std::string& database);

// The path of SQLite's log: the same with "-wal".
std::string LogPath(const std::string& database);

// Whether the bytes begin as FormatRecorderState() begins a file.
bool IsRecorderState(std::string_view bytes);

// Returns the file's kRecorderStateBytes: a line that identifies the format,
// then "key=value" lines, the last of which repeats the heartbeat. Text is
// escaped, and cut to fit.
std::string FormatRecorderState(const RecorderState& state);

// Returns nullopt if the bytes are another file, or were read during a write.
std::optional<RecorderState> ParseRecorderState(std::string_view bytes);

// The start time of a running process, in ticks since boot. Nullopt if there is
// none with this pid or /proc cannot be read.
std::optional<int64_t> StartTicks(int64_t pid);

// The PID namespace of this process, as in RecorderState; "" if /proc cannot be
// read.
std::string OwnPidNamespace();

// The id of the running boot; "" if /proc cannot be read.
std::string RunningBootId();

// Whether a signal such as SIGSTOP has stopped the process.
bool IsStopped(int64_t pid);

}  // namespace forkdb

#endif  // FORKDB_STORE_RECORDER_STATE_H_
