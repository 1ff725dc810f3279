#include "recorder/record_command.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "recorder/privileges.h"
#include "recorder/recorder.h"
#include "recorder/source.h"
#include "recorder/waiter.h"
#include "recorder/writer.h"
#include "store/database.h"
#include "store/escape.h"
#include "store/time.h"

namespace forkdb {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kExamples[] = R"(Examples:
  forkdb record                                 drain /proc/fork_info until told to end
  forkdb record --once --db fork.db             one pass over what the kernel holds now
  forkdb record --source saved.txt --once --db fork.db     a saved copy
  forkdb record --interval 200ms --group adm    members of adm may query)";

struct RecordOptions {
  std::string db = kDefaultDatabasePath;
  std::string group;
  std::string interval = "1s";
  bool once = false;
  SourceOptions source;
};

milliseconds ParseInterval(const std::string& text) {
  constexpr milliseconds kShortest(1);
  constexpr milliseconds kLongest(24 * 3600 * 1000);
  const auto interval = std::chrono::duration_cast<milliseconds>(
      std::chrono::nanoseconds(ParseDuration(text)));
  if (interval < kShortest || interval > kLongest) {
    throw UsageError(
        fmt::format("--interval {}: not between 1ms and 1d", text));
  }
  return interval;
}

void Say(const std::string& line) { fmt::print(stderr, "forkdb: {}\n", line); }

void SayGaps(const Drain& drain) {
  for (const Gap& gap : drain.gaps) {
    Say(gap.first_seq == 1
            ? fmt::format(
                  "records 1 to {} were gone before this recording began",
                  gap.last_seq)
            : fmt::format(
                  "gap: records {} to {} were lost ({}): overwritten before "
                  "they were read, or not readable",
                  gap.first_seq, gap.last_seq, gap.missing()));
  }
}

void RunOnce(const Source& source, Recorder* recorder, Waiter* waiter) {
  while (recorder->Pass() != ReadResult::kEnd) {
    if (waiter->Wait(source.ready(), std::nullopt) == WakeUp::kStop) return;
  }
  recorder->Finish();
}

void RunForever(const Source& source, milliseconds interval, Recorder* recorder,
                Waiter* waiter) {
  for (;;) {
    const auto started = steady_clock::now();
    recorder->Pass();
    const auto passed =
        std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
    const milliseconds left = std::max(interval - passed, milliseconds(0));
    if (!waiter->WaitForRecords(source, left)) break;
  }
  recorder->Pass();
  if (!source.holds_past()) recorder->Finish();
}

void RunRecord(const RecordOptions& options) {
  const milliseconds interval = ParseInterval(options.interval);
  umask(0027);
  Waiter waiter;
  const std::unique_ptr<Source> source =
      OpenSource(options.source, RealtimeNow());
  if (options.once && !source->holds_past()) {
    throw UsageError("--once: eBPF sees only what comes: leave out --once");
  }
  SQLite::Database database = OpenForWriting(options.db, options.group);
  Writer writer(&database, options.db);
  // Files are opened again while recording: that may need what root has.
  if (source->stream().source != kFile) DropPrivileges();
  Recorder recorder(source.get(), &writer, RealtimeNow, SayGaps,
                    [&] { return waiter.Stopped(); });
  if (options.once) {
    RunOnce(*source, &recorder, &waiter);
  } else {
    Say(fmt::format("recording into {} ({}, by {})",
                    EscapeForDisplay(options.db), source->stream().source,
                    source->stream().hook));
    RunForever(*source, interval, &recorder, &waiter);
  }
  const Tally& tally = recorder.tally();
  Say(fmt::format(
      "{} records, {} known before, {} lines rejected, {} gaps with {} "
      "records missing",
      tally.records, tally.duplicates, tally.rejected, tally.gaps,
      tally.missing));
}

}  // namespace

void AddRecordCommand(CLI::App* app) {
  auto options = std::make_shared<RecordOptions>();
  CLI::App* command = app->add_subcommand(
      "record", "Drain the kernel's records into a database");
  command->add_option("--db", options->db, "Database file, made if missing")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  command
      ->add_option(
          "--source", options->source.source,
          "auto, proc, ebpf, or a file or FIFO of /proc/fork_info's format")
      ->capture_default_str();
  command->add_option("--boot-id", options->source.boot_id,
                      "Boot that a saved copy of /proc/fork_info is from");
  command
      ->add_option("--buffer", options->source.buffer_bytes,
                   "Size of eBPF's buffer: 64K, 16M; 112 bytes a record")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false))
      ->check(CLI::Range(uint64_t{4096}, uint64_t{1} << 30))
      ->default_str("16M");
  command
      ->add_option("--interval", options->interval, "Least time between drains")
      ->capture_default_str();
  command->add_flag("--once", options->once,
                    "Stop when the source has nothing more");
  command->add_option("--group", options->group,
                      "Group whose members may read the database");
  command->footer(kExamples);
  command->callback([options] { RunRecord(*options); });
}

}  // namespace forkdb
