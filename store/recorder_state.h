// What a recorder says of itself, in a small file beside its database.

#ifndef FORKDB_STORE_RECORDER_STATE_H_
#define FORKDB_STORE_RECORDER_STATE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace forkdb {

// A plain value. Times are CLOCK_BOOTTIME in ns, 0 for never.
struct RecorderState {
  // Which process it is: its pid, when it started (field 22 of
  // /proc/PID/stat), and the PID namespace ("pid:[4026531836]") and the boot of
  // both.
  int64_t pid = 0;
  int64_t start_ticks = 0;
  std::string pid_namespace;
  std::string boot_id;
  // Of the files that it has open; 0 for none. A copy of the database beside a
  // copy of this file has another one.
  int64_t database_inode = 0;
  int64_t log_inode = 0;
  int64_t heartbeat_ns = 0;
  std::string phase;  // what it does, as in "while it …"
  int64_t last_commit_ns = 0;
  int64_t waiting = 0;  // records that were read and are not stored
  // What keeps it from reading or storing, and since when; empty if nothing.
  std::string trouble;
  int64_t trouble_since_ns = 0;
  // The last thing that took history away, and when; empty if nothing has.
  std::string incident;
  int64_t incident_ns = 0;
  // As in the metrics.
  int64_t records = 0;
  int64_t duplicates = 0;
  int64_t rejected = 0;
  int64_t gaps = 0;
  int64_t missing = 0;
};

// The file is always of this size, so that a full disk does not keep it from
// being written again.
inline constexpr size_t kRecorderStateBytes = 4096;

// "-status" behind the database's path, links followed.
std::string StatusPath(const std::string& database);

// "-wal" behind it: the log that SQLite uses.
std::string LogPath(const std::string& database);

// Whether a file begins as one that FormatRecorderState() made.
bool IsRecorderState(std::string_view bytes);

// The file, of kRecorderStateBytes: a first line that says what it is, then
// "key=value" lines, the last of which repeats the heartbeat. Text is escaped,
// and cut where it would not fit.
std::string FormatRecorderState(const RecorderState& state);

// Nothing for what is no such file, or was read while it was being written.
std::optional<RecorderState> ParseRecorderState(std::string_view bytes);

// When the process started, in ticks after the boot; nothing if there is none
// of this pid that runs, or if /proc does not say.
std::optional<int64_t> StartTicks(int64_t pid);

// The PID namespace of this process, as in RecorderState; empty if /proc does
// not say.
std::string OwnPidNamespace();

// The boot that this process runs in; empty if /proc does not say.
std::string RunningBootId();

// Whether the process is stopped by a signal, as by SIGSTOP.
bool IsStopped(int64_t pid);

}  // namespace forkdb

#endif  // FORKDB_STORE_RECORDER_STATE_H_
