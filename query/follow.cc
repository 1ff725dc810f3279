#include "query/follow.h"

#include <fmt/core.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "query/change_watch.h"
#include "query/databases.h"
#include "query/supervise.h"
#include "store/error.h"
#include "store/escape.h"
#include "store/row_printer.h"
#include "store/signals.h"
#include "store/time.h"

namespace forkdb {
namespace {

constexpr int64_t kFirstRows = 10;

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
  void Begin();
  void GoOn();
  // After so many rows.
  void Flush(int64_t rows);

  const QueryOptions& options_;
  Filter filter_;
  Shape shape_;
  CursorKeeper keeper_;
  Signals signals_;
  // Made before the first look, so that nothing falls between.
  ChangeWatch watch_;
  std::unique_ptr<RowPrinter> printer_;
  Cursor cursor_;
  std::string trouble_;  // the latest, "" for none
};

void Follower::Run() {
  Begin();
  while (watch_.Wait(signals_.fd(), fileno(options_.output.stream))) GoOn();
  if (keeper_.wanted()) keeper_.Keep(cursor_);
  if (signals_.Take()) throw Interrupted();
}

void Follower::Begin() {
  Databases databases(options_.databases);
  databases.SetFilter(options_.filter, filter_);
  // Under a pid: the process that has it now.
  filter_ = databases.first_filter();
  filter_.boot.reset();
  News news;
  if (keeper_.begin()) {
    news = databases.KeepNews(*keeper_.begin());
    WarnOfLosses(news);
  } else {
    news = databases.FindNews(Cursor());
    if (!shape_.limit) shape_.limit = kFirstRows;
  }
  printer_ = NewRowPrinter(options_.output, databases.Columns(shape_));
  // A long history may be searched for the first rows.
  int64_t rows = 0;
  Output output = options_.output;
  Supervise(databases.readers(), std::nullopt, &output,
            [&] { rows = databases.Print(shape_, printer_.get()); });
  Flush(rows);
  filter_.ranges.reset();
  shape_.limit.reset();
  cursor_ = news.cursor;
}

void Follower::GoOn() {
  News news;
  std::unique_ptr<Databases> databases;
  try {
    // Anew each time: a reader sees one moment, of the file that was there.
    databases = std::make_unique<Databases>(options_.databases);
    databases->SetFilter(options_.filter, filter_);
    news = databases->KeepNews(cursor_);
    trouble_.clear();
  } catch (const std::exception& e) {
    if (trouble_ == e.what()) return;
    trouble_ = e.what();
    fmt::print(stderr, "forkdb: {}: waiting\n", EscapeForDisplay(trouble_));
    return;
  }
  Flush(databases->Print(shape_, printer_.get()));
  WarnOfLosses(news);
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
  Databases(options.databases);
  Follower(options).Run();
}

}  // namespace forkdb
