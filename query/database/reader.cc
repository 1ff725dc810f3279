#include "query/database/reader.h"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/escape.h"
#include "base/integer.h"
#include "base/time.h"
#include "query/count/burst_groups.h"
#include "query/coverage/extent.h"
#include "query/database/recorder_watch.h"
#include "query/filter/window.h"
#include "query/search/row_cursor.h"
#include "query/search/rows_by_time.h"
#include "query/search/search.h"
#include "query/search/sql_trouble.h"
#include "store/database.h"
#include "store/own_file.h"
#include "store/record.h"
#include "store/schema.h"
#include "store/sql.h"
#include "store/statement.h"
#include "terminal/row_printer.h"
#include "terminal/tell.h"

namespace forkdb {
namespace {

// Parses "0" or "-N": a number of boots back.
std::optional<int64_t> BootsBack(const std::string& text) {
  // A boot_id may begin with digits.
  const auto offset = ParseInteger<int64_t>(text);
  constexpr int64_t kNoBoots = std::numeric_limits<int64_t>::min();
  if (!offset || *offset > 0 || *offset == kNoBoots) return std::nullopt;
  return -*offset;
}

}  // namespace

Reader::Reader(std::string path, const Stop* stop, const Notes& notes)
    : path_(std::move(path)),
      database_(OpenForReading(path_)),
      notes_(notes),
      progress_(stop == nullptr ? nullptr : stop->progress()) {
  EndStatementsOn(stop, &database_);
}

int64_t Reader::FindBoot(const std::string& text) {
  const auto no_boot = [&](const char* reason) {
    return UsageError(fmt::format(
        "boot '{}': {}: see forkdb query --list-boots", text, reason));
  };
  if (const std::optional<int64_t> back = BootsBack(text)) {
    const std::vector<BootTimes> boots =
        TranslateTrouble(path_, [&] { return BootsByTime(&database_); });
    if (static_cast<uint64_t>(*back) >= boots.size()) {
      throw no_boot("there are fewer boots");
    }
    return boots[static_cast<size_t>(*back)].boot;
  }
  SQLite::Statement find(
      database_,
      "SELECT id FROM boots WHERE substr(boot_id, 1, length(?1)) = ?1 LIMIT 2");
  find.bind(1, text);
  if (text.empty() || !find.executeStep()) throw no_boot("no such boot");
  const int64_t id = find.getColumn(0).getInt64();
  if (find.executeStep()) throw no_boot("several boot ids begin with it");
  return id;
}

Process Reader::FindProcess(const WantedProcess& wanted) {
  WantedProcess noted = wanted;
  noted.notes = notes_;
  return TranslateTrouble(
      path_, [&] { return forkdb::FindProcess(noted, &database_, progress_); });
}

void Reader::SetBurst(const Burst& burst, Filter* filter) {
  TranslateTrouble(path_, [&] {
    filter->ranges = FindBursts(Search(&database_, *filter, progress_), burst);
  });
}

NewRecords Reader::FindNewRecords(const Cursor& cursor) {
  NewRecords found;
  TranslateTrouble(path_,
                   [&] { found = forkdb::FindNewRecords(cursor, &database_); });
  return found;
}

Cursor Reader::CursorAfter(const Cursor& cursor, const Shown& shown) {
  return TranslateTrouble(
      path_, [&] { return forkdb::CursorAfter(cursor, shown, &database_); });
}

bool Reader::HasSeveralStreams() {
  return TranslateTrouble(
      path_, [&] { return Search(&database_, Filter()).Streams().size() > 1; });
}

NextRow Reader::Find(const Filter& filter, const Shape& shape) {
  return TranslateTrouble(path_, [&]() -> NextRow {
    const Search search(&database_, filter, progress_);
    const auto rows =
        std::make_shared<RowsByTime>(search, RequestFor(search, shape));
    return [this, rows](Row* row) {
      return TranslateTrouble(path_, [&] { return rows->Next(row); });
    };
  });
}

int64_t Reader::Print(const Filter& filter, const Shape& shape,
                      const Output& output) {
  const NextRow next = Find(filter, shape);
  const std::unique_ptr<RowPrinter> printer =
      NewRowPrinter(output, shape.columns);
  int64_t count = 0;
  PrintAll(printer.get(), [&] {
    for (Row row; next(&row); ++count) printer->Print(row);
  });
  return count;
}

void Reader::AddGroups(const Filter& filter,
                       const std::vector<std::string>& columns,
                       Groups* groups) {
  TranslateTrouble(path_, [&] {
    const Search search(&database_, filter, progress_);
    forkdb::AddGroups(&database_, search, columns, groups);
  });
}

void Reader::AddBurstGroups(const Filter& filter, const Burst& burst,
                            const std::vector<std::string>& columns,
                            Groups* groups) {
  TranslateTrouble(path_, [&] {
    forkdb::AddBurstGroups(Search(&database_, filter, progress_), burst,
                           columns, groups);
  });
}

Losses Reader::FindLosses(const Filter& filter) {
  Filter all;
  all.boot = filter.boot;
  Losses missing;
  TranslateTrouble(path_, [&] {
    Window window = ChooseWindow(all, /*now_ns=*/0, &database_);
    window.since_ns = filter.since_ns.value_or(window.since_ns);
    window.until_ns = filter.until_ns.value_or(window.until_ns);
    missing = forkdb::FindLosses(AskedWindow(filter, window, RealtimeNow()),
                                 filter.boot, IsRecording(), &database_);
  });
  return missing;
}

Losses Reader::FindLossesSince(const Process& process) {
  Losses missing;
  TranslateTrouble(path_, [&] {
    // Table alive has start times in ticks of 10 ms since boot.
    SQLite::Statement find(
        database_,
        FormatSql(process.kind != Process::Kind::kAlive
                      ? "SELECT s.boot, r.time_ns FROM records AS r "
                        "JOIN streams AS s ON s.id = r.id / {kSeqLimit} WHERE "
                        "r.id = ?1"
                      : "SELECT a.boot, b.boot_ns + a.start_tick * {kTickNs} "
                        "FROM alive AS a JOIN boots AS b ON b.id = a.boot "
                        "WHERE a.id = ?1"));
    find.bind(1, process.id);
    if (!find.executeStep()) return;
    Filter filter;
    filter.boot = find.getColumn(0).getInt64();
    filter.since_ns = find.getColumn(1).getInt64();
    missing = FindLosses(filter);
  });
  return missing;
}

bool Reader::IsRecording() const { return FindRecorder(path_).has_value(); }

int64_t Reader::PrintSql(const std::string& sql, const Output& output) {
  SQLite::Statement statement =
      CompileReadOnly(&database_, sql, /*parameters=*/0);
  const std::unique_ptr<RowPrinter> printer =
      NewRowPrinter(output, ColumnNames(statement));
  int64_t count = 0;
  PrintAll(printer.get(), [&] {
    TranslateTrouble(path_, [&] {
      for (Row row; statement.executeStep(); ++count) {
        ReadRow(&statement, &row);
        printer->Print(row);
      }
    });
  });
  return count;
}

std::vector<StreamHost> Reader::ReadHosts() {
  std::vector<StreamHost> hosts;
  TranslateTrouble(path_, [&] {
    SQLite::Statement find(
        database_,
        "SELECT s.id, ifnull(b.host, ''), ifnull(b.machine_id, '') "
        "FROM streams AS s JOIN boots AS b ON b.id = s.boot");
    while (find.executeStep()) {
      hosts.push_back({find.getColumn(0).getInt64(),
                       find.getColumn(1).getString(),
                       find.getColumn(2).getString()});
    }
  });
  return hosts;
}

std::vector<NamespaceLives> Reader::FindNamespaceLives(const Filter& filter,
                                                       size_t most_times) {
  return TranslateTrouble(path_, [&] {
    return forkdb::FindNamespaceLives(filter, most_times, &database_);
  });
}

std::vector<RecordedUser> Reader::ReadUsers() {
  std::vector<RecordedUser> users;
  TranslateTrouble(path_, [&] {
    SQLite::Statement find(database_, "SELECT uid, username FROM users");
    while (find.executeStep()) {
      users.push_back(
          {find.getColumn(0).getInt64(), find.getColumn(1).getString()});
    }
  });
  return users;
}

std::vector<BootSummary> Reader::ReadBoots() {
  return TranslateTrouble(path_, [&] { return forkdb::ReadBoots(&database_); });
}

void Reader::WarnOfMissingLog() {
  struct stat status {};
  const std::string log = ResolveLinks(path_) + "-wal";
  if (stat(log.c_str(), &status) == 0 && status.st_size > 0) return;
  bool marked = false;
  TranslateTrouble(path_, [&] {
    SQLite::Statement mark(
        database_,
        "SELECT 1 FROM settings JOIN pragma_schema_version "
        "ON value = schema_version WHERE name = 'recording'");
    marked = mark.executeStep();
  });
  if (!marked) return;
  notes_.Tell(
      fmt::format("{}: the log {} of its recorder is missing: the newest "
                  "records may be missing, too",
                  path_, log));
}

std::string Reader::DescribeCoverage() {
  std::string text;
  TranslateTrouble(
      path_, [&] { text = Describe(ReadExtent(&database_), notes_.zone); });
  return text;
}

Stats Reader::ReadStats(const StatsOptions& options, int64_t now_ns) {
  Stats stats;
  StatsOptions full = options;
  full.is_recording = IsRecording();
  TranslateTrouble(
      path_, [&] { stats = forkdb::ReadStats(full, now_ns, &database_); });
  return stats;
}

Report Reader::ReadReport(const ReportOptions& options, int64_t now_ns) {
  Report report;
  ReportOptions full = options;
  full.is_recording = IsRecording();
  TranslateTrouble(
      path_, [&] { report = forkdb::ReadReport(full, now_ns, &database_); });
  return report;
}

void Reader::ReadTree(const TreeOptions& options,
                      const std::function<void(const TreeNode&)>& take) {
  TranslateTrouble(path_, [&] { forkdb::ReadTree(options, &database_, take); });
}

}  // namespace forkdb
