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
  forkdb record                                 record until stopped (Ctrl-C or SIGTERM)
  forkdb record --once --db fork.db             record what the kernel holds now
  forkdb record --source saved.txt --once --db fork.db     record a saved copy
  forkdb record --keep 30d --max-size 2G        keep 30 days and at most 2G
  forkdb record --interval 200ms --group adm    let members of adm query)";

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
  // On a terminal, SIGHUP means that the terminal has closed, and ends forkdb.
  service.reloads = isatty(STDERR_FILENO) == 0;
  // Recording goes on when nobody reads the log any more.
  std::signal(SIGPIPE, SIG_IGN);
  Log log;
  Service(std::move(service), &log).Run();
}

}  // namespace

void AddRecordCommand(CLI::App* app) {
  auto options = std::make_shared<RecordOptions>();
  options->service.db = kDefaultDatabasePath;
  CLI::App* command =
      app->add_subcommand("record", "Record process creations into a database");
  command
      ->add_option("--db", options->service.db,
                   "Database to record into. Created if missing.")
      ->type_name("FILE")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  command
      ->add_option(
          "--source", options->service.source.source,
          "Where records come from: auto, proc, ebpf, or a file or FIFO in the "
          "format of /proc/fork_info. auto takes proc if /proc/fork_info is "
          "there, else ebpf.")
      ->type_name("SOURCE")
      ->capture_default_str();
  command
      ->add_option("--boot-id", options->service.source.boot_id,
                   "Boot that a saved copy of /proc/fork_info comes from.")
      ->type_name("ID");
  command
      ->add_option("--buffer", options->service.source.buffer_bytes,
                   "Size of the eBPF buffer, 4K to 1G. A record takes 112 "
                   "bytes.")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false))
      ->check(CLI::Range(uint64_t{4096}, uint64_t{1} << 30))
      ->default_str("16M");
  command
      ->add_option_function<std::string>(
          "--failures",
          [options](const std::string& value) {
            options->service.source.failures = value == "auto";
          },
          "eBPF only: auto records failed calls, too; off records only "
          "successful calls, which costs least.")
      ->type_name("auto|off")
      ->check(CLI::IsMember({"auto", "off"}))
      ->default_str("auto");
  command
      ->add_option("--interval", options->interval,
                   "Time between two reads of the source, 1ms to 1d. The "
                   "recorder reads earlier if records could be lost.")
      ->type_name("TIME")
      ->capture_default_str();
  command->add_flag("--once", options->service.once,
                    "Record what the source holds now, then stop.");
  command
      ->add_option("--group", options->service.group,
                   "Let members of GROUP read the database.")
      ->type_name("GROUP");
  command
      ->add_option("--keep", options->keep,
                   "Delete records older than AGE, e.g. 30d or 12h. Default: "
                   "never.")
      ->type_name("AGE");
  command
      ->add_option("--max-size", options->max_bytes,
                   "Delete the oldest records to keep the database and its "
                   "log below SIZE (e.g. 2G; minimum 32M). The users with the "
                   "most records lose theirs first.")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  command
      ->add_option("--metrics", options->service.metrics,
                   "Write metrics to this *.prom file, for node_exporter's "
                   "textfile collector.")
      ->type_name("FILE");
  command->footer(kExamples);
  command->callback([options] { RunRecord(*options); });
}

}  // namespace forkdb
