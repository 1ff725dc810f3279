// Limits how long records are kept and how large the database grows.

#ifndef FORKDB_RECORDER_DATABASE_RETENTION_H_
#define FORKDB_RECORDER_DATABASE_RETENTION_H_

#include <SQLiteCpp/Database.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "recorder/database/clock_step_guard.h"
#include "recorder/database/pruner.h"

namespace forkdb {

// Returns the part of max_bytes that is reserved for the log, for the records
// of one transaction, and for free pages. Free pages are kept because the next
// records would need them again.
int64_t ReservedBytes(int64_t max_bytes);
// Returns how many records one transaction may store within ReservedBytes(),
// even if each has a new name and new flags.
int64_t MostRecordsAtOnce(int64_t max_bytes);
inline constexpr int64_t kLeastMaxBytes = int64_t{32} << 20;

struct RetentionOptions {
  std::optional<int64_t> keep_ns;
  std::optional<int64_t> max_bytes;  // file and log together
  bool careful = true;               // use ClockStepGuard

  // Parses a duration such as "30d". Throws UsageError for --keep if the text
  // is not a duration above zero.
  void SetKeep(const std::string& text);
  // Throws UsageError for less than kLeastMaxBytes.
  void SetMaxBytes(int64_t bytes);
};

// Prunes in small steps while a recorder uses the same connection. Stores its
// limits in the table settings, for other programs to read. A reader that never
// ends makes the log grow; no records are deleted to make up for that. Ignores
// a clock that is far ahead of the newest record, or that steps far ahead, for
// an hour (ClockStepGuard), also across restarts. Not thread-safe. The database
// must outlive it.
class Retention {
 public:
  // path is for messages. Throws Error.
  Retention(const RetentionOptions& options, SQLite::Database* database,
            std::string path);

  // Does a bounded part of the work that is due. now_ns is CLOCK_REALTIME and
  // boottime_ns is CLOCK_BOOTTIME. Returns after how long to call it again at
  // the latest, or nullopt if only new records can make it necessary. Throws
  // Error.
  std::optional<std::chrono::nanoseconds> Tend(int64_t now_ns,
                                               int64_t boottime_ns);

  // How far the clock is ahead of the time that is used. 0 if its time is
  // accepted.
  int64_t doubted_ns() const { return clock_.doubted_ns(); }

 private:
  void StoreSettings();
  void StartClock();
  int64_t Believed(int64_t now_ns, int64_t boottime_ns);
  // Returns whether there may be more to do at once.
  bool PruneSome(int64_t now_ns);

  RetentionOptions options_;
  SQLite::Database* database_;
  std::string path_;
  Pruner pruner_;
  ClockStepGuard clock_;
  bool doubt_stored_ = false;
  int64_t keep_due_ns_ = 0;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_RETENTION_H_
