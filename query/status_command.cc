#include "query/status_command.h"

#include <SQLiteCpp/Exception.h>
#include <sys/stat.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/saturate.h"
#include "base/time.h"
#include "query/database/recorder_watch.h"
#include "query/database/status.h"
#include "query/print/status_printer.h"
#include "store/database.h"
#include "store/supervise.h"
#include "terminal/output_command.h"

namespace forkdb {
namespace {

constexpr char kProcFile[] = "/proc/fork_info";

constexpr char kExamples[] =
    R"(The exit code is 0 if a recorder is running and nothing is wrong. Otherwise it is
1 and stderr says why: no recorder is running; the recorder has hung for ten
seconds, cannot store records, or is half of the kernel's buffer behind; or records
or history were lost in the last hour.

Examples:
  forkdb status                       print the status
  forkdb status --db fork.db          of another database
  forkdb status --format json         for a program
  forkdb status >/dev/null            for a monitor: only exit code and reason)";

struct Options {
  std::string db = kDefaultDatabasePath;
  std::optional<int64_t> timeout_ns;
  OutputOptions output;
};

int64_t SizeOf(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_size : 0;
}

Status Read(const std::string& path, int64_t now_ns, const Stop& stop) try {
  SQLite::Database database = OpenForReading(path);
  EndStatementsOn(&stop, &database);
  return ReadStatus(&database, now_ns);
} catch (const SQLite::Exception& e) {
  throw DatabaseError(path, e);
}

// What the kernel has beyond what is recorded.
std::optional<int64_t> Lag(const Status& status) {
  if (status.source != "proc" || status.boot_id != RunningBootId()) {
    return std::nullopt;
  }
  const std::optional<int64_t> newest = FindNewestSeq(kProcFile);
  if (!newest) return std::nullopt;
  return std::max<int64_t>(0, Minus(*newest, status.last_seq));
}

void Tell(const Options& options, const Stop& stop, const Output& output) {
  const int64_t now_ns = RealtimeNow();
  // Before the database is opened: that may make a log.
  const std::optional<RecorderState> recorder = FindRecorder(options.db);
  const bool log_is_lost = recorder && !HasItsLog(options.db, *recorder);
  Status status;
  try {
    status = Read(options.db, now_ns, stop);
  } catch (const Error&) {
    // Without its log, SQLite makes no sense of the rest.
    if (log_is_lost) throw Error(kLogIsLost);
    throw;
  }
  const int64_t now_boottime_ns = BoottimeNow();
  status.recorder = recorder;
  status.log_is_lost = log_is_lost;
  if (recorder) {
    status.silence_ns = Minus(now_boottime_ns, recorder->heartbeat_ns);
    status.recorder_is_stopped = IsStopped(recorder->pid);
  }
  status.lag = Lag(status);
  status.database_bytes = SizeOf(options.db);
  status.log_bytes = SizeOf(options.db + "-wal");
  status.problems = FindProblems(status, now_boottime_ns);
  PrintStatus(status, now_ns, output);
  if (status.problems.empty()) return;
  std::fflush(stdout);
  throw Error(status.problems.front());
}

void RunStatus(const Options& options) {
  Output output = Screen(options.output);
  Supervision supervision;
  supervision.timeout_ns = options.timeout_ns;
  Supervise(supervision, &output,
            [&](const Stop& stop) { Tell(options, stop, output); });
}

}  // namespace

void AddStatusCommand(CLI::App* app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "status", "Show whether recording works; exits 1 if not");
  command->add_option("--db", options->db, "Database to read.")
      ->type_name("FILE")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  AddTimeoutOption(command, &options->timeout_ns);
  AddUtcOption(command, &options->output.utc);
  AddOutputOptions(command, &options->output);
  command->footer(kExamples);
  command->callback([options] { RunStatus(*options); });
}

}  // namespace forkdb
