#include "query/follow.h"

#include <fmt/core.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/signals.h"
#include "base/time.h"
#include "query/database/change_watch.h"
#include "query/database/databases.h"
#include "store/supervise.h"
#include "terminal/row_printer.h"
#include "terminal/tell.h"

namespace forkdb {
namespace {

constexpr int64_t kFirstRows = 10;

int64_t Count(Databases* databases) {
  Groups groups;
  databases->AddGroups({}, &groups);
  return groups[Row()];
}

class Follower {
 public:
  explicit Follower(const QueryOptions& options)
      : options_(options),
        filter_(ReadFilter(options.filter, RealtimeNow())),
        shape_(ChooseShape(options)),
        keeper_(options.cursor),
        signals_({SIGINT, SIGTERM}),
        watch_(options.databases) {}

  void Run();

 private:
  // What may take long, on its own clock.
  void Round(const std::function<void(const Stop&)>& look);
  void Begin(const Stop& stop);
  void GoOn(const Stop& stop);
  // After so many rows.
  void Flush(int64_t rows);
  // Writes the cursor to its file, if it has moved.
  void Save();

  const QueryOptions& options_;
  Filter filter_;
  Shape shape_;
  CursorKeeper keeper_;
  Signals signals_;
  // Made before the first look, so that nothing falls between.
  ChangeWatch watch_;
  std::unique_ptr<RowPrinter> printer_;
  Cursor cursor_;
  std::string saved_;    // cursor_ as the file has it
  std::string trouble_;  // the latest, "" for none
};

void Follower::Run() {
  Round([this](const Stop& stop) { Begin(stop); });
  // From now on, whoever is killed goes on behind what it has shown.
  Save();
  try {
    while (watch_.Wait(signals_.fd(), fileno(options_.output.stream))) {
      Round([this](const Stop& stop) { GoOn(stop); });
      Save();
    }
  } catch (const Interrupted&) {
    // Before the round: what it has shown will be shown again.
    if (keeper_.wanted()) keeper_.Keep(cursor_);
    throw;
  }
  if (keeper_.wanted()) keeper_.Keep(cursor_);
  if (signals_.Take()) throw Interrupted();
}

void Follower::Save() {
  std::string text = FormatCursor(cursor_);
  if (text == saved_) return;
  keeper_.Save(cursor_);
  saved_ = std::move(text);
}

void Follower::Round(const std::function<void(const Stop&)>& look) {
  Supervision supervision;
  supervision.timeout_ns = options_.timeout_ns;
  supervision.signals = {SIGINT, SIGTERM};
  supervision.discard = [this] { keeper_.Discard(); };
  Output output = options_.output;
  Supervise(supervision, &output, look);
}

void Follower::Begin(const Stop& stop) {
  Databases databases(options_.databases, &stop, options_.output.notes());
  databases.SetFilter(options_.filter, filter_);
  databases.CheckUsers();
  // Under a pid: the process that has it now.
  filter_ = databases.first_filter();
  filter_.boot.reset();
  NewRecords news;
  std::optional<int64_t> after_cursor;
  if (keeper_.begin()) {
    news = databases.KeepNewRecords(*keeper_.begin());
    WarnOfLosses(news, options_.output.notes());
    if (shape_.limit) after_cursor = Count(&databases);
  } else {
    news = databases.FindNewRecords(Cursor());
    if (!shape_.limit) shape_.limit = kFirstRows;
  }
  printer_ = NewRowPrinter(options_.output, databases.Columns(shape_));
  const int64_t shown = databases.Print(shape_, printer_.get());
  Flush(shown);
  if (after_cursor && *after_cursor > shown) {
    options_.output.notes().Tell(
        fmt::format("{} older records after the cursor are not shown: leave "
                    "out -n to see all",
                    *after_cursor - shown));
  }
  filter_.ranges.reset();
  shape_.limit.reset();
  cursor_ = news.cursor;
}

void Follower::GoOn(const Stop& stop) {
  NewRecords news;
  std::unique_ptr<Databases> databases;
  try {
    // Anew each time: a reader sees one moment, of the file that was there.
    databases = std::make_unique<Databases>(options_.databases, &stop,
                                            options_.output.notes());
    databases->SetFilter(options_.filter, filter_);
    news = databases->KeepNewRecords(cursor_);
    trouble_.clear();
  } catch (const std::exception& e) {
    if (stop.requested()) throw;
    if (trouble_ == e.what()) return;
    trouble_ = e.what();
    Tell(fmt::format("{}: will retry", trouble_));
    return;
  }
  Flush(databases->Print(shape_, printer_.get()));
  WarnOfLosses(news, options_.output.notes());
  cursor_ = news.cursor;
}

void Follower::Flush(int64_t rows) {
  // The first rows tell how wide a table's columns are.
  const bool held = options_.output.format == Format::kTable && rows == 0;
  if (!held) printer_->Finish();
}

}  // namespace

void FollowDatabases(const QueryOptions& options) {
  // Says better than a watch what is wrong with a database that is not there.
  Databases(options.databases, /*stop=*/nullptr, options.output.notes())
      .WarnOfMissingLogs();
  Follower(options).Run();
}

}  // namespace forkdb
