#include "recorder/prune_command.h"

#include <fmt/core.h>
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/error.h"
#include "base/saturate.h"
#include "base/time.h"
#include "recorder/daemon/waiter.h"
#include "recorder/database/pruner.h"
#include "recorder/database/retention.h"
#include "store/database.h"
#include "store/pruning_order.h"
#include "terminal/progress.h"
#include "terminal/tell.h"

namespace forkdb {
namespace {

constexpr char kExamples[] = R"(Examples:
  forkdb prune --keep 30d --dry-run          print what would be deleted
  forkdb prune --keep 30d                    delete what is older than 30 days
  forkdb prune --max-size 2G                 shrink the database to 2G
  forkdb prune --before '2025-01-01' --yes   do not ask, for scripts)";

struct PruneOptions {
  std::string db = kDefaultDatabasePath;
  std::optional<std::string> keep;
  std::optional<std::string> before;
  bool utc = false;
  std::optional<int64_t> max_bytes;
  bool dry_run = false;
  bool yes = false;
};

// What to delete.
struct Limits {
  int64_t now_ns = 0;
  std::optional<int64_t> before_ns;
  std::optional<int64_t> used_bytes;
};

Limits ReadLimits(const PruneOptions& options) {
  const int64_t now_ns = RealtimeNow();
  RetentionOptions retention;
  if (options.keep) retention.SetKeep(*options.keep);
  if (options.max_bytes) retention.SetMaxBytes(*options.max_bytes);
  Limits limits;
  limits.now_ns = now_ns;
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
    limits.used_bytes =
        *retention.max_bytes - ReservedBytes(*retention.max_bytes);
  }
  if (!limits.before_ns && !limits.used_bytes) {
    throw UsageError("prune: add --keep, --before or --max-size");
  }
  return limits;
}

struct Plan {
  std::vector<BlockAge> blocks;  // to delete
  int64_t records = 0;           // in them
  int64_t all_records = 0;       // in the database
};

int64_t RecordsOf(const std::vector<BlockAge>& blocks) {
  int64_t records = 0;
  for (const BlockAge& block : blocks) records = Plus(records, block.records);
  return records;
}

// Returns how many of the first blocks must go to make the file small enough.
// An estimate.
size_t BlocksOver(int64_t used_bytes, const std::vector<BlockAge>& all,
                  SQLite::Database* database) {
  const int64_t used = Pruner::UsedBytesOf(database);
  const double excess =
      static_cast<double>(std::max<int64_t>(0, used - used_bytes)) *
      static_cast<double>(RecordsOf(all)) / static_cast<double>(used);
  int64_t gone = 0;
  size_t blocks = 0;
  while (blocks < all.size() && static_cast<double>(gone) < excess) {
    gone = Plus(gone, all[blocks++].records);
  }
  return blocks;
}

// Returns what Prune() will delete. With a size limit, an estimate.
Plan MakePlan(const Limits& limits, SQLite::Database* database) {
  const std::vector<BlockAge> all = PruningOrder(database).All();
  Plan plan;
  plan.all_records = RecordsOf(all);
  if (limits.before_ns) {
    plan.blocks = all;
    PruningOrder::KeepOld(*limits.before_ns, limits.now_ns, &plan.blocks);
  }
  if (limits.used_bytes) {
    const size_t blocks = BlocksOver(*limits.used_bytes, all, database);
    // Both are prefixes of the same order, so the longer contains the other.
    if (blocks > plan.blocks.size()) {
      plan.blocks.assign(all.begin(),
                         all.begin() + static_cast<std::ptrdiff_t>(blocks));
    }
  }
  plan.records = RecordsOf(plan.blocks);
  return plan;
}

// Asks before more than half of the records are deleted. Throws UsageError if
// there is no terminal to ask on, and Interrupted if the answer is not yes.
void Confirm(const Plan& plan) {
  if (plan.records * 2 <= plan.all_records) return;
  const std::string what = fmt::format("{} of {} records would be deleted",
                                       plan.records, plan.all_records);
  if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) {
    throw UsageError(fmt::format(
        "prune: {}: add --yes to confirm, or check with --dry-run", what));
  }
  fmt::print(stderr, "forkdb: {}. Delete them? [y/N] ", what);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "yes" || answer == "Y") return;
  fmt::print(stderr, "forkdb: nothing was deleted\n");
  throw Interrupted();
}

void Prune(const Limits& limits, int64_t planned, const std::string& path) {
  Waiter waiter;
  SQLite::Database database = OpenForWriting(path);
  Pruner pruner(&database);
  int64_t records = 0;
  {
    ProgressLine line;
    ProgressMeter progress;
    int64_t shown = -1;  // percent
    const int64_t begin_ns = BoottimeNow();
    if (limits.used_bytes && pruner.UsedBytes() > *limits.used_bytes) {
      pruner.Trim(*limits.used_bytes);
    }
    const auto next = [&]() -> std::optional<BlockAge> {
      if (limits.used_bytes && pruner.UsedBytes() > *limits.used_bytes) {
        return pruner.MakeRoom();
      }
      return pruner.Prune(limits.before_ns.value_or(0), limits.now_ns);
    };
    while (!waiter.Stopped()) {
      const std::optional<BlockAge> gone = next();
      if (!gone) break;
      records = Plus(records, gone->records);
      progress.Set(records, planned);
      const int64_t percent =
          planned > 0 ? Times(100, std::min(records, planned)) / planned : -1;
      if (std::exchange(shown, percent) == percent) continue;
      progress.Set(records, planned);
      line.Show(ProgressText("pruning",
                             (BoottimeNow() - begin_ns) / kNsPerSecond,
                             progress.fraction()));
    }
    while (!waiter.Stopped() && pruner.GiveBack(0)) {
    }
  }
  database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  Tell(fmt::format("{} records pruned{}", records,
                   waiter.Stopped() ? ", interrupted" : ""));
  if (waiter.Stopped()) throw Interrupted();
}

void RunPrune(const PruneOptions& options) {
  const Limits limits = ReadLimits(options);
  Plan plan;
  try {
    {
      // Throws if the file is not a database. Does not create one.
      SQLite::Database database = OpenForReading(options.db);
      plan = MakePlan(limits, &database);
    }
    if (!options.dry_run) {
      if (!options.yes) Confirm(plan);
      Prune(limits, plan.records, options.db);
      return;
    }
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(options.db, e);
  }
  int64_t until_ns = 0;
  for (const BlockAge& block : plan.blocks) {
    until_ns = std::max(until_ns, block.last_time_ns);
  }
  Tell(fmt::format(
      "{}{} records would be pruned{}", limits.used_bytes ? "about " : "",
      plan.records,
      plan.records == 0 ? "" : ", the newest from " + FormatUtc(until_ns)));
}

}  // namespace

void AddPruneCommand(CLI::App* app) {
  auto options = std::make_shared<PruneOptions>();
  CLI::App* command = app->add_subcommand(
      "prune", "Delete the oldest records and shrink the file");
  command->add_option("--db", options->db, "Database to prune.")
      ->type_name("FILE")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  CLI::Option* keep =
      command
          ->add_option("--keep", options->keep,
                       "Delete records older than AGE, e.g. 30d, 12h, 90min.")
          ->type_name("AGE");
  command
      ->add_option("--before", options->before,
                   "Delete records older than TIME.")
      ->type_name("TIME")
      ->excludes(keep);
  command->add_flag("--utc", options->utc,
                    "Read --before as UTC instead of local time.");
  command
      ->add_option("--max-size", options->max_bytes,
                   "Delete the oldest records to keep the database and its "
                   "log below SIZE (e.g. 2G; minimum 32M). The users with the "
                   "most records lose theirs first.")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  command->add_flag("--dry-run", options->dry_run,
                    "Print what would be deleted and change nothing.");
  command->add_flag("-y,--yes", options->yes,
                    "Do not ask before deleting more than half of the "
                    "records.");
  command->footer(kExamples);
  command->callback([options] { RunPrune(*options); });
}

}  // namespace forkdb
