#include "recorder/show_command.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>

#include "recorder/recorder.h"
#include "recorder/source.h"
#include "recorder/waiter.h"
#include "recorder/writer.h"
#include "store/database.h"
#include "store/error.h"
#include "store/output_command.h"
#include "store/row_printer.h"
#include "store/sql.h"
#include "store/time.h"

namespace forkdb {
namespace {

constexpr char kExamples[] = R"(Examples:
  forkdb show                            all that the kernel holds now
  forkdb show -n 10                      the newest ten
  forkdb show --follow                   and what comes, until Ctrl-C
  forkdb show "errno IS NOT NULL"        only failures; any condition of query works
  forkdb show --source saved.txt --format json)";

struct ShowOptions {
  SourceOptions source;
  std::string condition;
  bool follow = false;
  int64_t limit = std::numeric_limits<int64_t>::max();
  OutputOptions output;
};

// Decodes by recording into a database in memory, so that a record looks the
// same here as in a database on disk.
class Show {
 public:
  explicit Show(const ShowOptions& options)
      : options_(options),
        source_(OpenSource(options.source, RealtimeNow())),
        follow_(options.follow || !source_->holds_past()),
        output_(ScreenFor(options.output, follow_)),
        database_(OpenForWriting(kMemoryDatabase)),
        writer_(&database_, "memory"),
        recorder_(
            source_.get(), RealtimeNow, [](const Drain&) {},
            [this] { return waiter_.Stopped(); }) {}

  void Run() {
    Present(output_, [this] { PrintAll(); });
    if (recorder_.tally().rejected > 0) {
      fmt::print(stderr, "forkdb: {} lines are not records\n",
                 recorder_.tally().rejected);
    }
    if (waiter_.Stopped()) throw Interrupted();
  }

 private:
  // What comes is to be seen at once.
  static Output ScreenFor(OutputOptions options, bool follow) {
    if (follow) options.pages = false;
    return Screen(options);
  }

  void PrintAll() {
    // Compiled first, so that a mistake is told before anything is read.
    SQLite::Statement select = Select();
    printer_ = NewRowPrinter(output_, ColumnNames(select));
    ReadResult result = recorder_.Pass(&writer_);
    while (result != ReadResult::kEnd && !follow_) {
      if (waiter_.Wait(source_->ready(), std::nullopt) == WakeUp::kStop) break;
      result = recorder_.Pass(&writer_);
    }
    if (!follow_) recorder_.Finish(&writer_);
    Print(&select);
    constexpr std::chrono::milliseconds kPause(100);
    while (follow_ && waiter_.WaitForRecords(*source_, kPause)) {
      recorder_.Pass(&writer_);
      Print(&select);
    }
  }

  SQLite::Statement Select() {
    const std::string condition =
        options_.condition.empty() ? "1" : options_.condition;
    return CompileReadOnly(
        &database_,
        "SELECT seq, time, username, comm, pid, kind, flags, "
        "(SELECT signal FROM signals AS s WHERE s.exit_signal = f.exit_signal) "
        "AS signal, child_pid, ifnull(errno, ret) AS result FROM forks AS f "
        "WHERE id IN (SELECT id FROM forks WHERE id > ? AND (" +
            condition + "\n) ORDER BY id DESC LIMIT ?) ORDER BY id",
        2, options_.condition);
  }

  void Print(SQLite::Statement* select) {
    SQLite::Statement newest(database_, "SELECT max(id) FROM records");
    newest.executeStep();
    const int64_t last_id = newest.getColumn(0).getInt64();
    newest.reset();
    select->bind(1, shown_id_);
    select->bind(2, options_.limit);
    Row row;
    while (select->executeStep()) {
      ReadRow(select, &row);
      printer_->Print(row);
    }
    select->reset();
    printer_->Finish();
    shown_id_ = last_id;
    // What has been shown is of no further use; the names stay.
    if (follow_) database_.exec("DELETE FROM records");
  }

  const ShowOptions& options_;
  Waiter waiter_;
  std::unique_ptr<Source> source_;
  bool follow_;  // eBPF has nothing but what comes
  Output output_;
  SQLite::Database database_;
  Writer writer_;
  Recorder recorder_;
  std::unique_ptr<RowPrinter> printer_;
  int64_t shown_id_ = 0;
};

}  // namespace

void AddShowCommand(CLI::App* app) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = app->add_subcommand(
      "show", "Print the kernel's records, decoded; needs no database");
  command->add_option("condition", options->condition,
                      "SQL condition over the columns of the view forks");
  command
      ->add_option(
          "--source", options->source.source,
          "auto, proc, ebpf, or a file or FIFO of /proc/fork_info's format")
      ->capture_default_str();
  command->add_flag("-f,--follow", options->follow,
                    "Go on with new records until interrupted");
  command->add_option("-n,--limit", options->limit, "Only the newest N")
      ->check(CLI::PositiveNumber);
  AddOutputOptions(command, &options->output);
  AddPagerOption(command, &options->output);
  command->footer(kExamples);
  command->callback([options] { Show(*options).Run(); });
}

}  // namespace forkdb
