#include "recorder/show_command.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "recorder/daemon/recorder.h"
#include "recorder/daemon/waiter.h"
#include "recorder/ingest/writer.h"
#include "recorder/source/source.h"
#include "store/database.h"
#include "store/distrust.h"
#include "store/sql.h"
#include "store/statement.h"
#include "store/stop.h"
#include "store/supervise.h"
#include "terminal/output_command.h"
#include "terminal/row_printer.h"
#include "terminal/tell.h"
#include "terminal/whole_number.h"

namespace forkdb {
namespace {

constexpr char kExamples[] = R"(Examples:
  forkdb show                            all records in the kernel's buffer
  forkdb show -n 10                      the newest ten; with eBPF, the next ten
  forkdb show --follow                   then new ones, until Ctrl-C
  forkdb show "errno IS NOT NULL"        only failed calls
  forkdb show --source saved.txt --format json)";

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

struct ShowOptions {
  SourceOptions source;
  std::string condition;
  bool follow = false;
  int64_t limit = kNoLimit;
  std::optional<int64_t> timeout_ns;
  OutputOptions output;
};

// Records into a database in memory and queries it, so that a record looks the
// same as in a database on disk. Empties the database whenever it has kMostHeld
// records, so that memory does not grow with the source.
class Show {
 public:
  // Removes the pager from *output if rows must appear at once.
  Show(const ShowOptions& options, const Stop& stop, Output* output)
      : options_(options),
        stop_(stop),
        waiter_(stop),
        source_(OpenSource(options.source, RealtimeNow())),
        follow_(options.follow || !source_->holds_past()),
        counts_(!options.follow && !source_->holds_past() &&
                options.limit != kNoLimit),
        output_(WithoutPagerIf(follow_, output)),
        database_(OpenForWriting(kMemoryDatabase)),
        writer_(&database_, "memory"),
        recorder_(
            source_.get(), RealtimeNow,
            [this](const Drain& drain) { Noticed(drain); },
            [this] { return waiter_.Stopped(); }),
        select_(Select()),
        is_catching_up_(source_->holds_past()) {}

  void Run() {
    Present(output_, [this] { PrintAll(); });
    if (recorder_.tally().rejected > 0) {
      Tell(fmt::format("{} lines are not records", recorder_.tally().rejected));
    }
    if (const int64_t missing = CountMissing(); missing > 0) {
      Tell(fmt::format(
          "{} missing: the source lost {} before forkdb read {}",
          missing == 1 ? "1 record is" : fmt::format("{} records are", missing),
          missing == 1 ? "it" : "them", missing == 1 ? "it" : "them"));
    }
    if (waiter_.Stopped() && !is_done()) throw Interrupted();
  }

 private:
  static constexpr int64_t kMostHeld = Batch::kMaxRecords;
  static constexpr int64_t kMostGaps = 10'000;

  // A pager would hold new rows back.
  static const Output& WithoutPagerIf(bool follow, Output* output) {
    if (follow) output->pager.reset();
    return *output;
  }

  // Whether all records that the user asked for have come.
  bool is_done() const { return counts_ && shown_ == options_.limit; }

  // Returns how many records are missing between the first and the last.
  int64_t CountMissing() {
    SQLite::Statement before(
        database_,
        "SELECT ifnull(sum(last_seq), 0) FROM gaps WHERE first_seq = 1");
    before.executeStep();
    const Tally& tally = recorder_.tally();
    return tally.missing + tally.missed - before.getColumn(0).getInt64();
  }

  void PrintAll() {
    printer_ = NewRowPrinter(output_, ColumnNames(select_));
    ReadResult result = recorder_.Pass(&writer_);
    while (result != ReadResult::kEnd && !follow_) {
      if (waiter_.Wait(source_->ready(), std::nullopt) == WakeUp::kStop) break;
      result = recorder_.Pass(&writer_);
    }
    if (!follow_) recorder_.Finish(&writer_);
    TakeRows();
    for (const Row& row : newest_) printer_->Print(row);
    newest_.clear();
    printer_->Finish();
    is_catching_up_ = false;
    while (follow_ && !is_done() && WaitForRecords()) {
      recorder_.Pass(&writer_);
      TakeRows();
      printer_->Finish();
    }
  }

  // Returns false if a stop was requested.
  bool WaitForRecords() {
    if (waiter_.Wait(source_->ready(), std::nullopt) == WakeUp::kStop) {
      return false;
    }
    // Waits a moment for more records, unless they are urgent.
    constexpr std::chrono::milliseconds kPause(100);
    const auto until = std::chrono::steady_clock::now() + kPause;
    return waiter_.Wait(source_->urgent(), until) != WakeUp::kStop;
  }

  // Called after each commit.
  void Noticed(const Drain& drain) {
    held_ += drain.records;
    if (held_ < kMostHeld) return;
    TakeRows();
    held_ = 0;
    std::vector<std::string> tables;
    SQLite::Statement find(
        database_,
        "SELECT name FROM sqlite_schema WHERE type = 'table' "
        "AND name NOT IN ('boots', 'streams', 'gaps') "
        "AND name NOT LIKE 'sqlite%'");
    while (find.executeStep()) tables.push_back(find.getColumn(0).getString());
    find.reset();
    for (const std::string& table : tables) {
      database_.exec("DELETE FROM " + table);
    }
    database_.exec(fmt::format(
        "DELETE FROM gaps WHERE id <= (SELECT max(id) FROM gaps) - {}",
        kMostGaps));
    writer_.Forget();
  }

  SQLite::Statement Select() {
    const std::string condition =
        options_.condition.empty() ? "1" : options_.condition;
    CheckCondition(&database_, condition);
    return CompileReadOnly(
        &database_,
        "SELECT seq, time, username, comm, pid, kind, flags, "
        "(SELECT signal FROM signals AS s WHERE s.exit_signal = f.exit_signal) "
        "AS signal, child_pid, ifnull(errno, ret) AS result FROM forks AS f "
        "WHERE id IN (SELECT id FROM forks WHERE id > ? AND (" +
            condition + "\n) ORDER BY id DESC LIMIT ?) ORDER BY id",
        2);
  }

  // Prints the records that have come since the last call. While it catches up
  // with the source, --limit keeps them in newest_, because it is not known yet
  // which are the newest.
  void TakeRows() {
    SQLite::Statement newest(database_, "SELECT max(id) FROM records");
    newest.executeStep();
    const int64_t last_id = newest.getColumn(0).getInt64();
    newest.reset();
    const MemoryLimit memory;
    // After a stop, still shows the records that were read before it.
    if (!stop_.requested()) EndStatementsOn(&stop_, &database_);
    select_.bind(1, shown_id_);
    select_.bind(2, is_catching_up_ ? options_.limit : kNoLimit);
    const bool hold = is_catching_up_ && options_.limit != kNoLimit;
    Row row;
    while (!is_done() && select_.executeStep()) {
      ReadRow(&select_, &row);
      if (!hold) {
        printer_->Print(row);
        ++shown_;
        continue;
      }
      newest_.push_back(row);
      if (static_cast<int64_t>(newest_.size()) > options_.limit) {
        newest_.pop_front();
      }
    }
    select_.reset();
    EndStatementsOn(nullptr, &database_);
    shown_id_ = std::max(shown_id_, last_id);
    // Records that were shown are not needed any more.
    if (follow_) database_.exec("DELETE FROM records");
  }

  const ShowOptions& options_;
  const Stop& stop_;
  Waiter waiter_;
  std::unique_ptr<Source> source_;
  bool follow_;  // always for eBPF, which has no past
  bool counts_;  // ends after the first --limit records
  const Output& output_;
  SQLite::Database database_;
  Writer writer_;
  Recorder recorder_;
  SQLite::Statement select_;
  std::unique_ptr<RowPrinter> printer_;
  int64_t shown_id_ = 0;
  int64_t held_ = 0;   // records in the database
  int64_t shown_ = 0;  // rows printed after catching up
  bool is_catching_up_;
  std::deque<Row> newest_;  // at most --limit
};

void RunShow(const ShowOptions& options) {
  Output output = Screen(options.output);
  Supervision supervision;
  supervision.timeout_ns = options.timeout_ns;
  supervision.signals = {SIGINT, SIGTERM};
  supervision.shows_progress = false;
  supervision.limits_memory = false;  // TakeRows() limits its statements
  Supervise(supervision, &output,
            [&](const Stop& stop) { Show(options, stop, &output).Run(); });
}

}  // namespace

void AddShowCommand(CLI::App* app) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = app->add_subcommand(
      "show", "Print the kernel's records without a database");
  command
      ->add_option("condition", options->condition,
                   "SQL condition on the columns of the view forks.")
      ->type_name("");
  command
      ->add_option(
          "--source", options->source.source,
          "Where records come from: auto, proc, ebpf, or a file or FIFO in the "
          "format of /proc/fork_info. auto takes proc if /proc/fork_info is "
          "there, else ebpf.")
      ->type_name("SOURCE")
      ->capture_default_str();
  command->add_flag("-f,--follow", options->follow,
                    "Continue with new records until interrupted. The default "
                    "for eBPF, unless -n is given.");
  command
      ->add_option("-n,--limit", options->limit,
                   "Print only the newest N records; with --follow, then all "
                   "new ones. eBPF has no past: print the next N records and "
                   "end or, with --follow, all.")
      ->type_name("N")
      ->check(WholeNumber(1));
  AddTimeoutOption(command, &options->timeout_ns);
  command->get_option("--timeout")->excludes("--follow");
  AddUtcOption(command, &options->output.utc);
  AddOutputOptions(command, &options->output);
  AddPagerOption(command, &options->output);
  command->footer(kExamples);
  command->callback([options] { RunShow(*options); });
}

}  // namespace forkdb
