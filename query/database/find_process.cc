#include "query/database/find_process.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/integer.h"
#include "base/time.h"
#include "query/ancestry/lives.h"
#include "query/ancestry/process_reader.h"
#include "query/coverage/extent.h"
#include "query/database/find_named.h"
#include "store/record.h"
#include "store/schema.h"
#include "terminal/tell.h"

namespace forkdb {
namespace {

using Kind = Process::Kind;

constexpr size_t kListed = 10;
// More processes of one name are not counted.
constexpr size_t kMostNamed = 100;

constexpr char kIsThreadSql[] =
    "SELECT 1 FROM records AS r JOIN flag_sets AS f ON f.id = r.flag_set "
    "WHERE r.id = ? AND r.ret > 0 AND f.flags & {CLONE_THREAD}";

// No block knows parents: reads all records if need be.
constexpr char kCallOfChildSql[] =
    "SELECT r.id FROM records AS r JOIN streams AS s "
    "ON s.id = r.id / {kSeqLimit} WHERE r.ppid = ?1 "
    "AND s.boot = ifnull(?2, s.boot) ORDER BY r.id DESC LIMIT 1";

class Finder {
 public:
  Finder(const WantedProcess& wanted, SQLite::Database* database,
         ProgressMeter* progress)
      : wanted_(wanted),
        database_(database),
        progress_(progress),
        reader_(database) {}

  Process Find();

 private:
  Process FindPid(int64_t pid);
  std::optional<Process> FindThread(int64_t tid);
  std::optional<Process> FindParent(int64_t pid);
  Process FindName();
  // Chooses by time, the newest first; tells of the others.
  Process Choose(int64_t pid, const char* what, const std::vector<Life>& lives);
  // The process of a thread's record, else the process itself.
  Process WithoutThread(const Process& process);
  // Tells a line for each, of many only the first.
  template <typename T>
  void List(const std::vector<T>& processes);
  std::string Line(const Life& life);
  std::string Line(const Process& process);
  // Whether the process must have lived in the time. The calls under it may
  // come later.
  bool asks_when() const {
    const bool in_time = wanted_.since_ns || wanted_.until_ns;
    return wanted_.at_ns || (in_time && !wanted_.of_thread);
  }

  const WantedProcess& wanted_;
  SQLite::Database* database_;
  ProgressMeter* progress_;
  ProcessReader reader_;
};

Process Finder::Find() {
  const auto number = ParseInteger<int64_t>(wanted_.text);
  if (!number) return FindName();
  if (*number <= 0) {
    throw UsageError(
        fmt::format("process {}: no pid: give one above 0", wanted_.text));
  }
  if (*number <= kSeqLimit) return FindPid(*number);
  return WithoutThread({Kind::kRecorded, *number});
}

Process Finder::FindPid(int64_t pid) {
  const std::vector<Life> lives =
      FindLives(pid, wanted_.boot, /*threads=*/false, database_);
  if (!lives.empty()) return Choose(pid, "process", lives);
  if (const auto thread = FindThread(pid)) return *thread;
  if (const auto parent = FindParent(pid)) return *parent;
  throw UsageError(
      fmt::format("process {}: not in the database: {}", pid,
                  Describe(ReadExtent(database_), wanted_.notes.zone)));
}

std::optional<Process> Finder::FindThread(int64_t tid) {
  const std::vector<Life> threads =
      FindLives(tid, wanted_.boot, /*threads=*/true, database_);
  if (!threads.empty()) return WithoutThread(Choose(tid, "thread", threads));
  const auto call = FindCallOfThread(tid, wanted_.boot, database_);
  if (!call) return std::nullopt;
  const Process process = reader_.CallerOf(call->id);
  wanted_.notes.Tell(fmt::format("{} is a thread of process {}", tid,
                                 reader_.Describe(process)));
  return process;
}

std::optional<Process> Finder::FindParent(int64_t pid) {
  if (wanted_.of_thread) return std::nullopt;
  SQLite::Statement find(*database_, FormatSql(kCallOfChildSql));
  find.bind(1, pid);
  if (wanted_.boot) find.bind(2, *wanted_.boot);
  if (!find.executeStep()) return std::nullopt;
  const Process child = reader_.CallerOf(find.getColumn(0).getInt64());
  wanted_.notes.Tell(
      fmt::format("process {0} is known only as a parent, last of process {1}, "
                  "which is shown; all calls of its children: forkdb query "
                  "--ppid {0}",
                  pid, reader_.Describe(child)));
  return child;
}

Process Finder::Choose(int64_t pid, const char* what,
                       const std::vector<Life>& lives) {
  std::vector<Life> chosen;
  int64_t end_ns = std::numeric_limits<int64_t>::max();
  for (const Life& life : lives) {
    const int64_t until_ns = wanted_.at_ns.value_or(
        wanted_.until_ns.value_or(std::numeric_limits<int64_t>::max()));
    const int64_t since_ns =
        wanted_.at_ns.value_or(wanted_.since_ns.value_or(0));
    if (life.time_ns <= until_ns && end_ns >= since_ns) chosen.push_back(life);
    end_ns = life.time_ns;
    if (wanted_.at_ns && !chosen.empty()) break;
  }
  if (chosen.empty() && asks_when()) {
    List(lives);
    throw UsageError(fmt::format(
        "no {} had pid {} then: choose one of those above", what, pid));
  }
  if (chosen.empty()) return lives.front().process;
  if (chosen.size() > 1) {
    const bool in_time = wanted_.since_ns || wanted_.until_ns;
    wanted_.notes.Tell(fmt::format(
        "{}{} {}{}s had pid {}{}: the newest is taken; choose another by its "
        "id or with --at TIME:",
        chosen.size() == kMostLives ? "at least " : "", chosen.size(), what,
        std::string_view(what) == "process" ? "e" : "", pid,
        in_time ? " in this time" : ""));
    if (!wanted_.notes.quiet) List(chosen);
  }
  return chosen.front().process;
}

std::string Finder::Line(const Life& life) {
  return reader_.DescribeLine(life.process,
                              FormatTime(life.time_ns, wanted_.notes.zone));
}

std::string Finder::Line(const Process& process) {
  return reader_.DescribeLine(process, "started before");
}

template <typename T>
void Finder::List(const std::vector<T>& processes) {
  std::string lines;
  for (size_t i = 0; i < std::min(processes.size(), kListed); ++i) {
    lines += fmt::format("  {}\n", Line(processes[i]));
  }
  if (processes.size() > kListed) {
    lines += fmt::format("  and {} more\n", processes.size() - kListed);
  }
  TellLines(lines);
}

Process Finder::WithoutThread(const Process& process) {
  if (!wanted_.of_thread) return process;
  SQLite::Statement find(*database_, FormatSql(kIsThreadSql));
  find.bind(1, process.id);
  if (!find.executeStep()) return process;
  const Process whole = reader_.CallerOf(process.id);
  wanted_.notes.Tell(fmt::format("{} is a thread of process {}", wanted_.text,
                                 reader_.Describe(whole)));
  return whole;
}

Process Finder::FindName() {
  if (asks_when()) {
    throw UsageError(
        "--at, --since and --until choose among the processes with a pid: give "
        "a pid");
  }
  const std::vector<Process> named = FindNamed(
      wanted_.text, wanted_.boot, kMostNamed, &reader_, database_, progress_);
  if (named.empty()) {
    throw UsageError(fmt::format(
        "process '{}': no process made a call by this name: give a pid, or an "
        "id that forkdb query prints; {}",
        wanted_.text, Describe(ReadExtent(database_), wanted_.notes.zone)));
  }
  if (named.size() == 1) return named.front();
  List(named);
  throw UsageError(fmt::format(
      "process '{}': {}{} processes called by this name: choose one by its id, "
      "or by its pid and --at TIME",
      wanted_.text, named.size() >= kMostNamed ? "at least " : "",
      named.size()));
}

}  // namespace

Process FindProcess(const WantedProcess& wanted, SQLite::Database* database,
                    ProgressMeter* progress) {
  return Finder(wanted, database, progress).Find();
}

}  // namespace forkdb
