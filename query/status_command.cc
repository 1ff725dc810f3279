#include "query/status_command.h"

#include <SQLiteCpp/Exception.h>
#include <sys/stat.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "query/recorder_watch.h"
#include "query/status.h"
#include "query/status_printer.h"
#include "store/database.h"
#include "store/error.h"
#include "store/output_command.h"
#include "store/time.h"

namespace forkdb {
namespace {

constexpr char kProcFile[] = "/proc/fork_info";

constexpr char kExamples[] =
    R"(Exit code: 0 if a recorder is running and nothing is wrong, else 1, with the
reason: nothing records, the kernel overwrites its buffer soon, or records were
lost in the last hour.

Examples:
  forkdb status                       how the recording is
  forkdb status --db fork.db          of another database
  forkdb status --format json         for a program
  forkdb status >/dev/null            for a monitor: the exit code and the reason)";

struct Options {
  std::string db = kDefaultDatabasePath;
  OutputOptions output;
};

int64_t SizeOf(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_size : 0;
}

Status Read(const std::string& path, int64_t now_ns) try {
  SQLite::Database database = OpenForReading(path);
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
  return std::max<int64_t>(0, *newest - status.last_seq);
}

void RunStatus(const Options& options) {
  const int64_t now_ns = RealtimeNow();
  Status status = Read(options.db, now_ns);
  status.recorder_pid = FindRecorder(options.db);
  status.lag = Lag(status);
  status.database_bytes = SizeOf(options.db);
  status.log_bytes = SizeOf(options.db + "-wal");
  status.problems = FindProblems(status);
  PrintStatus(status, now_ns, Screen(options.output));
  if (status.problems.empty()) return;
  std::fflush(stdout);
  throw Error(status.problems.front());
}

}  // namespace

void AddStatusCommand(CLI::App* app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "status", "Tell how a recording is; the exit code is for monitors");
  command->add_option("--db", options->db, "Database file")
      ->envname("FORKDB_DB")
      ->capture_default_str();
  AddOutputOptions(command, &options->output);
  command->footer(kExamples);
  command->callback([options] { RunStatus(*options); });
}

}  // namespace forkdb
