#include "recorder/retention.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "store/database.h"
#include "store/duration.h"
#include "store/error.h"

namespace forkdb {
namespace {

// More than a drain brings, so that pruning keeps up with any storm.
constexpr int kBlocksAtOnce = 32;
constexpr int64_t kSpareBytes = int64_t{4} << 20;
// The clock may be set, so no sleep is longer.
constexpr int64_t kLongestWaitNs = 3600 * kNsPerSecond;

// The row of settings with the time before a step that is doubted: a recorder
// that starts meanwhile must not take the newest record's for it.
constexpr char kBelievedNs[] = "believed_ns";

}  // namespace

void RetentionOptions::SetKeep(const std::string& text) {
  keep_ns = ParseDuration(text);
  if (*keep_ns <= 0) {
    throw UsageError(fmt::format("--keep {}: nothing would be kept", text));
  }
}

void RetentionOptions::SetMaxBytes(int64_t bytes) {
  max_bytes = bytes;
  if (bytes < kLeastMaxBytes) {
    throw UsageError(fmt::format("--max-size {}: less than 32M", bytes));
  }
}

Retention::Retention(const RetentionOptions& options,
                     SQLite::Database* database, std::string path)
    : options_(options),
      database_(database),
      path_(std::move(path)),
      pruner_(database) {
  try {
    StoreSettings();
    StartClock();
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path_, e);
  }
}

void Retention::StoreSettings() {
  SQLite::Transaction transaction(*database_,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  database_->exec(
      fmt::format("DELETE FROM settings WHERE name <> '{}'", kBelievedNs));
  for (const auto& [name, value] :
       {std::pair("keep_ns", options_.keep_ns),
        std::pair("max_bytes", options_.max_bytes)}) {
    if (!value) continue;
    SQLite::Statement insert(*database_,
                             "INSERT INTO settings VALUES (?1, ?2)");
    insert.bind(1, name);
    insert.bind(2, *value);
    insert.exec();
  }
  transaction.commit();
}

void Retention::StartClock() {
  if (!options_.careful) return;
  SQLite::Statement last(
      *database_,
      "SELECT value, TRUE FROM settings WHERE name = ?1 UNION ALL "
      "SELECT * FROM (SELECT time_ns, FALSE FROM records "
      "ORDER BY id DESC LIMIT 1) LIMIT 1");
  last.bind(1, kBelievedNs);
  std::optional<int64_t> last_ns;
  if (last.executeStep()) {
    last_ns = last.getColumn(0).getInt64();
    doubt_stored_ = last.getColumn(1).getInt() != 0;
  }
  clock_ = CarefulClock(
      std::min(options_.keep_ns.value_or(0), CarefulClock::kLongestStepNs),
      last_ns);
}

int64_t Retention::Believed(int64_t now_ns, int64_t boottime_ns) {
  const int64_t believed_ns = clock_.Now(now_ns, boottime_ns);
  const bool doubted = clock_.doubted_ns() != 0;
  if (doubted == doubt_stored_) return believed_ns;
  SQLite::Statement store(*database_,
                          doubted ? "INSERT INTO settings VALUES (?1, ?2)"
                                  : "DELETE FROM settings WHERE name = ?1");
  store.bind(1, kBelievedNs);
  if (doubted) store.bind(2, believed_ns);
  store.exec();
  doubt_stored_ = doubted;
  return believed_ns;
}

std::optional<std::chrono::nanoseconds> Retention::Tend(int64_t now_ns,
                                                        int64_t boottime_ns) {
  if (!options_.keep_ns && !options_.max_bytes) return std::nullopt;
  try {
    if (options_.keep_ns && options_.careful) {
      now_ns = Believed(now_ns, boottime_ns);
    }
    const bool more = PruneSome(now_ns);
    if (pruner_.GiveBack(kSpareBytes) || more) {
      return std::chrono::nanoseconds(0);
    }
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path_, e);
  }
  if (!options_.keep_ns) return std::nullopt;
  return std::chrono::nanoseconds(
      std::clamp(keep_due_ns_ - now_ns, kNsPerSecond, kLongestWaitNs));
}

bool Retention::PruneSome(int64_t now_ns) {
  int blocks = 0;
  const auto prune = [&](int64_t before_ns) {
    if (blocks == kBlocksAtOnce || !pruner_.Prune(before_ns)) return false;
    ++blocks;
    return true;
  };
  if (options_.max_bytes) {
    while (pruner_.UsedBytes() > *options_.max_bytes - kReservedBytes &&
           prune(Pruner::kAnyTime)) {
    }
  }
  // The clock may have been set back.
  keep_due_ns_ = std::min(keep_due_ns_, now_ns + kLongestWaitNs);
  const bool keep_due = options_.keep_ns && now_ns >= keep_due_ns_;
  if (keep_due) {
    while (prune(now_ns - *options_.keep_ns)) {
    }
    const std::optional<BlockAge> oldest = pruner_.Oldest();
    keep_due_ns_ =
        now_ns +
        (oldest ? std::clamp(oldest->last_time_ns - now_ns + *options_.keep_ns,
                             kNsPerSecond, kLongestWaitNs)
                : kLongestWaitNs);
    if (blocks == kBlocksAtOnce) keep_due_ns_ = now_ns;
  }
  return blocks == kBlocksAtOnce;
}

}  // namespace forkdb
