#include "recorder/database/retention.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/duration.h"
#include "base/error.h"
#include "base/saturate.h"
#include "store/database.h"

namespace forkdb {
namespace {

// More blocks than a drain stores, so that pruning keeps up with any rate.
constexpr int kBlocksAtOnce = 32;
constexpr int64_t kSpareBytes = int64_t{4} << 20;
// The longest sleep, because the clock may be set meanwhile.
constexpr int64_t kLongestWaitNs = 3600 * kNsPerSecond;

// The row of settings with the time before a step that is ignored. A recorder
// that is started meanwhile must continue from it, not from the newest record,
// which may already have the wrong time.
constexpr char kBelievedNs[] = "believed_ns";

}  // namespace

int64_t ReservedBytes(int64_t max_bytes) {
  constexpr int64_t kLeast = int64_t{20} << 20;
  constexpr int64_t kMost = int64_t{128} << 20;
  return std::clamp(max_bytes / 16, kLeast, kMost);
}

int64_t MostRecordsAtOnce(int64_t max_bytes) {
  // The most that a record takes in the file and in the log.
  constexpr int64_t kBytesOfLargest = 2048;
  return ReservedBytes(max_bytes) / kBytesOfLargest;
}

void RetentionOptions::SetKeep(const std::string& text) {
  constexpr int64_t kNoBareNumbers = 0;
  keep_ns = ReadDuration(text, kNoBareNumbers);
  if (!keep_ns) {
    throw UsageError(fmt::format(
        "--keep {}: write a number and a unit, e.g. 30d, 12h, 90min", text));
  }
  if (*keep_ns <= 0) {
    throw UsageError(fmt::format("--keep {}: must be above zero", text));
  }
}

void RetentionOptions::SetMaxBytes(int64_t bytes) {
  max_bytes = bytes;
  if (bytes < kLeastMaxBytes) {
    throw UsageError(fmt::format("--max-size {}: the minimum is 32M", bytes));
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
  clock_ = ClockStepGuard(
      std::min(options_.keep_ns.value_or(0), ClockStepGuard::kLongestStepNs),
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
    if (blocks == kBlocksAtOnce || !pruner_.Prune(before_ns, now_ns))
      return false;
    ++blocks;
    return true;
  };
  if (options_.max_bytes) {
    const int64_t limit_bytes =
        *options_.max_bytes - ReservedBytes(*options_.max_bytes);
    if (pruner_.UsedBytes() > limit_bytes) pruner_.Trim(limit_bytes);
    while (blocks < kBlocksAtOnce && pruner_.UsedBytes() > limit_bytes &&
           pruner_.MakeRoom()) {
      ++blocks;
    }
  }
  // The clock may have been set back since.
  keep_due_ns_ = std::min(keep_due_ns_, now_ns + kLongestWaitNs);
  const bool keep_due = options_.keep_ns && now_ns >= keep_due_ns_;
  if (keep_due) {
    while (prune(now_ns - *options_.keep_ns)) {
    }
    const std::optional<int64_t> first_ns = pruner_.FirstTime(now_ns);
    keep_due_ns_ =
        now_ns +
        (first_ns
             ? std::clamp(Plus(Minus(*first_ns, now_ns), *options_.keep_ns),
                          kNsPerSecond, kLongestWaitNs)
             : kLongestWaitNs);
    if (blocks == kBlocksAtOnce) keep_due_ns_ = now_ns;
  }
  return blocks == kBlocksAtOnce;
}

}  // namespace forkdb
