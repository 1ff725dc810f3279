// How long records are kept, and how large the database may grow.

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

// Of max_bytes, what is left to the log, to what one transaction brings, and to
// free pages that the next records fill: they would be given back only to be
// taken again.
int64_t ReservedBytes(int64_t max_bytes);
// How many records one transaction may bring so that this is enough, even if
// each of them has a name and flags of its own.
int64_t MostRecordsAtOnce(int64_t max_bytes);
inline constexpr int64_t kLeastMaxBytes = int64_t{32} << 20;

struct RetentionOptions {
  std::optional<int64_t> keep_ns;
  std::optional<int64_t> max_bytes;  // file and log together
  bool careful = true;               // doubts a clock that steps far ahead

  // Reads "30d". Throws UsageError, naming the option, for no time at all.
  void SetKeep(const std::string& text);
  // Throws UsageError for less than kLeastMaxBytes.
  void SetMaxBytes(int64_t bytes);
};

// Prunes a little at a time while a recorder works on the same connection. Its
// limits are in the table settings, for others to see. A reader that never ends
// keeps the log growing; that is not made up for with records. A clock that is
// far ahead of the newest record, or steps there, is doubted for an hour
// (ClockStepGuard), also across restarts. Not thread-safe; the database must
// outlive it.
class Retention {
 public:
  // path is for messages. Throws Error.
  Retention(const RetentionOptions& options, SQLite::Database* database,
            std::string path);

  // A bounded piece of the work that is due. now_ns is CLOCK_REALTIME, and
  // boottime_ns CLOCK_BOOTTIME. Returns how long it wants to be left alone at
  // most; nothing if only new records can make work. Throws Error.
  std::optional<std::chrono::nanoseconds> Tend(int64_t now_ns,
                                               int64_t boottime_ns);

  // How far the clock is ahead of what is believed; 0 while it is believed.
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
