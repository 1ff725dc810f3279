#include "recorder/prune_command.h"

#include <fmt/core.h>
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recorder/pruner.h"
#include "recorder/retention.h"
#include "recorder/waiter.h"
#include "store/database.h"
#include "store/error.h"
#include "store/time.h"

namespace forkdb {
namespace {

constexpr char kExamples[] = R"(Examples:
  forkdb prune --keep 30d --dry-run          what would go
  forkdb prune --keep 30d                    all that is older goes
  forkdb prune --max-size 2G                 the oldest goes until the rest fits
  forkdb prune --before '2025-01-01'         last year and earlier)";

struct PruneOptions {
  std::string db = kDefaultDatabasePath;
  std::optional<std::string> keep;
  std::optional<std::string> before;
  bool utc = false;
  std::optional<int64_t> max_bytes;
  bool dry_run = false;
};

// What is to go.
struct Limits {
  std::optional<int64_t> before_ns;
  std::optional<int64_t> used_bytes;
};

Limits ReadLimits(const PruneOptions& options) {
  const int64_t now_ns = RealtimeNow();
  RetentionOptions retention;
  if (options.keep) retention.SetKeep(*options.keep);
  if (options.max_bytes) retention.SetMaxBytes(*options.max_bytes);
  Limits limits;
  if (retention.keep_ns) limits.before_ns = now_ns - *retention.keep_ns;
  if (options.before) {
    limits.before_ns = ParseTime(*options.before, now_ns,
                                 options.utc ? Zone::kUtc : Zone::kLocal);
    if (*limits.before_ns > now_ns) {
      throw UsageError(
          fmt::format("--before {}: not in the past", *options.before));
    }
  }
  if (retention.max_bytes) {
    limits.used_bytes = *retention.max_bytes - kReservedBytes;
  }
  if (!limits.before_ns && !limits.used_bytes) {
    throw UsageError("prune: say what may go: --keep, --before or --max-size");
  }
  return limits;
}

// What Prune() below takes; where the size decides, about so much.
std::vector<BlockAge> Plan(const Limits& limits, SQLite::Database* database) {
  std::vector<BlockAge> ages;
  if (limits.before_ns) ages = PruningOrder(*limits.before_ns, database);
  if (!limits.used_bytes) return ages;
  std::vector<BlockAge> all = PruningOrder(Pruner::kAnyTime, database);
  int64_t records = 0;
  for (const BlockAge& age : all) records += age.records;
  const int64_t used = Pruner::UsedBytesOf(database);
  const double excess =
      static_cast<double>(std::max<int64_t>(0, used - *limits.used_bytes)) *
      static_cast<double>(records) / static_cast<double>(used);
  int64_t gone = 0;
  size_t blocks = 0;
  while (blocks < all.size() && static_cast<double>(gone) < excess) {
    gone += all[blocks++].records;
  }
  // One order, so the longer one holds the other.
  if (blocks <= ages.size()) return ages;
  all.resize(blocks);
  return all;
}

int64_t RecordsOf(const std::vector<BlockAge>& ages) {
  int64_t records = 0;
  for (const BlockAge& age : ages) records += age.records;
  return records;
}

// One line that is drawn anew; nothing where stderr is no terminal.
class ProgressBar {
 public:
  explicit ProgressBar(int64_t all) : all_(all) {}
  ~ProgressBar() {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void Show(int64_t done) {
    constexpr int64_t kWidth = 40;
    if (!terminal_ || all_ <= 0) return;
    done = std::min(done, all_);
    fmt::print(stderr, "\r[{:<{}}] {:3} %",
               std::string(static_cast<size_t>(kWidth * done / all_), '#'),
               kWidth, 100 * done / all_);
    std::fflush(stderr);
    shown_ = true;
  }

 private:
  int64_t all_;
  bool terminal_ = isatty(STDERR_FILENO) == 1;
  bool shown_ = false;
};

void Prune(const Limits& limits, int64_t planned, const std::string& path) {
  Waiter waiter;
  SQLite::Database database = OpenForWriting(path);
  Pruner pruner(&database);
  int64_t records = 0;
  {
    ProgressBar bar(planned);
    const auto due = [&]() -> int64_t {
      const bool large =
          limits.used_bytes && pruner.UsedBytes() > *limits.used_bytes;
      return large ? Pruner::kAnyTime : limits.before_ns.value_or(0);
    };
    while (!waiter.Stopped()) {
      const std::optional<BlockAge> gone = pruner.Prune(due());
      if (!gone) break;
      records += gone->records;
      bar.Show(records);
    }
    while (!waiter.Stopped() && pruner.GiveBack(0)) {
    }
  }
  database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  fmt::print(stderr, "forkdb: {} records pruned{}\n", records,
             waiter.Stopped() ? ", interrupted" : "");
  if (waiter.Stopped()) throw Interrupted();
}

void RunPrune(const PruneOptions& options) {
  const Limits limits = ReadLimits(options);
  std::vector<BlockAge> plan;
  try {
    {
      // Refuses what is no database, and makes none.
      SQLite::Database database = OpenForReading(options.db);
      plan = Plan(limits, &database);
    }
    if (!options.dry_run) {
      Prune(limits, RecordsOf(plan), options.db);
      return;
    }
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(options.db, e);
  }
  std::string until;
  for (const BlockAge& age : plan) {
    until = std::max(until, FormatUtc(age.last_time_ns));
  }
  fmt::print(stderr, "forkdb: {}{} records would be pruned{}\n",
             limits.used_bytes ? "about " : "", RecordsOf(plan),
             plan.empty() ? "" : ", the newest of " + until);
}

}  // namespace

void AddPruneCommand(CLI::App* app) {
  auto options = std::make_shared<PruneOptions>();
  CLI::App* command = app->add_subcommand(
      "prune", "Delete the oldest records and give their space back");
  command->add_option("--db", options->db, "Database file")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  CLI::Option* keep = command->add_option(
      "--keep", options->keep, "Keep what is not older than this: 30d, 12h");
  command
      ->add_option("--before", options->before,
                   "Delete what is older than this time")
      ->excludes(keep);
  command->add_flag("--utc", options->utc,
                    "Take --before for UTC, not for local time");
  command
      ->add_option("--max-size", options->max_bytes,
                   "Most that file and log may take: 2G; 32M or more")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  command->add_flag("--dry-run", options->dry_run,
                    "Say what would go, and change nothing");
  command->footer(kExamples);
  command->callback([options] { RunPrune(*options); });
}

}  // namespace forkdb
