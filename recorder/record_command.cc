#include "recorder/record_command.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/time.h"
#include "recorder/daemon/service.h"
#include "store/database.h"

namespace forkdb {
namespace {

using std::chrono::milliseconds;

constexpr char kExamples[] = R"(Examples:
  forkdb record                                 drain /proc/fork_info until told to end
  forkdb record --once --db fork.db             one pass over what the kernel holds now
  forkdb record --source saved.txt --once --db fork.db     a saved copy
  forkdb record --keep 30d --max-size 2G        and within 2G
  forkdb record --interval 200ms --group adm    members of adm may query)";

struct RecordOptions {
  ServiceOptions service;
  std::string interval = "1s";
  std::optional<std::string> keep;
  std::optional<int64_t> max_bytes;
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

void RunRecord(const RecordOptions& options) {
  ServiceOptions service = options.service;
  service.interval = ParseInterval(options.interval);
  if (options.keep) service.retention.SetKeep(*options.keep);
  if (options.max_bytes) service.retention.SetMaxBytes(*options.max_bytes);
  service.retention.careful = !service.once;
  umask(0027);
  // A terminal that goes takes what was started on it along.
  service.reloads = isatty(STDERR_FILENO) == 0;
  // A log that nobody reads any more is no reason to stop.
  std::signal(SIGPIPE, SIG_IGN);
  Log log;
  Service(std::move(service), &log).Run();
}

}  // namespace

void AddRecordCommand(CLI::App* app) {
  auto options = std::make_shared<RecordOptions>();
  options->service.db = kDefaultDatabasePath;
  CLI::App* command = app->add_subcommand(
      "record", "Drain the kernel's records into a database");
  command
      ->add_option("--db", options->service.db,
                   "Database file, made if missing")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  command
      ->add_option(
          "--source", options->service.source.source,
          "auto, proc, ebpf, or a file or FIFO of /proc/fork_info's format")
      ->capture_default_str();
  command->add_option("--boot-id", options->service.source.boot_id,
                      "Boot that a saved copy of /proc/fork_info is from");
  command
      ->add_option("--buffer", options->service.source.buffer_bytes,
                   "Size of eBPF's buffer: 64K, 16M; 112 bytes a record")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false))
      ->check(CLI::Range(uint64_t{4096}, uint64_t{1} << 30))
      ->default_str("16M");
  command
      ->add_option_function<std::string>(
          "--failures",
          [options](const std::string& value) {
            options->service.source.failures = value == "auto";
          },
          "eBPF: auto, or off for successful calls alone; see status for "
          "the hook and its cost")
      ->check(CLI::IsMember({"auto", "off"}))
      ->default_str("auto");
  command
      ->add_option("--interval", options->interval,
                   "Time between drains; less while so much comes that "
                   "records could be lost")
      ->capture_default_str();
  command->add_flag("--once", options->service.once,
                    "Stop when the source has nothing more");
  command->add_option("--group", options->service.group,
                      "Group whose members may read the database");
  command->add_option("--keep", options->keep,
                      "Prune what is older than this: 30d; else keep all");
  command
      ->add_option("--max-size", options->max_bytes,
                   "Keep file and log within this: who fills them loses the "
                   "oldest of their records: 2G; 32M or more")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  command->add_option("--metrics", options->service.metrics,
                      "File for node_exporter's textfile collector, *.prom");
  command->footer(kExamples);
  command->callback([options] { RunRecord(*options); });
}

}  // namespace forkdb
