#include "query/report/report.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "query/search/row_cursor.h"
#include "query/search/rows_by_time.h"
#include "query/search/search.h"
#include "store/schema.h"
#include "store/statement.h"

namespace forkdb {
namespace {

std::vector<Row> Rows(SQLite::Statement* statement) {
  std::vector<Row> rows;
  while (statement->executeStep()) ReadRow(statement, &rows.emplace_back());
  return rows;
}

// The boots with a record in the window.
std::vector<Row> ReadBoots(const ReportOptions& options, const Window& window,
                           SQLite::Database* database) {
  SQLite::Statement find(
      *database,
      FormatSql("SELECT host, kernel_release, boot_id, boot_ns FROM boots AS b "
                "WHERE (?1 IS NULL OR id = ?1) AND EXISTS (SELECT 1 FROM "
                "streams AS s WHERE s.boot = b.id AND (EXISTS (SELECT 1 FROM "
                "blocks AS c WHERE c.block BETWEEN s.id * {kStreamBlocks} AND "
                "(s.id + 1) * {kStreamBlocks} - 1 AND c.last_time_ns >= ?3 AND "
                "c.first_time_ns <= ?4) OR EXISTS (SELECT 1 FROM open_blocks "
                "AS o CROSS JOIN records AS r ON r.id BETWEEN o.block * "
                "{kBlockRecords} AND (o.block + 1) * {kBlockRecords} - 1 WHERE "
                "o.block / {kStreamBlocks} = s.id "
                "AND r.time_ns BETWEEN ?3 AND ?4))) "
                "ORDER BY id DESC LIMIT ?2"));
  if (options.filter.boot) find.bind(1, *options.filter.boot);
  find.bind(2, options.boots);
  find.bind(3, window.since_ns);
  find.bind(4, window.until_ns);
  return Rows(&find);
}

// The gaps that FindLosses() counts.
std::vector<Row> ReadGaps(const ReportOptions& options, const Window& window,
                          SQLite::Database* database) {
  SQLite::Statement find(
      *database,
      fmt::format("SELECT after_ns, ifnull(before_ns, noticed_ns), records "
                  "FROM losses AS g WHERE {} "
                  "ORDER BY records DESC, after_ns LIMIT ?4",
                  kGapOverlaps));
  find.bind(1, window.since_ns);
  find.bind(2, window.until_ns);
  if (options.filter.boot) find.bind(3, *options.filter.boot);
  find.bind(4, options.gaps);
  return Rows(&find);
}

std::vector<FailureRate> ReadFailures(const Search& search, const Bins& bins) {
  std::map<std::string, std::vector<int64_t>> counts;
  RowCursor rows(search, {"time_ns, errno"});
  while (SQLite::Statement* row = rows.Next()) {
    std::vector<int64_t>& of_error = counts[row->getColumn(1).getString()];
    of_error.resize(bins.count);
    // In a forged database, the window may not contain the record.
    const size_t bin = bins.Of(row->getColumn(0).getInt64());
    if (bin < bins.count) ++of_error[bin];
  }
  std::vector<FailureRate> rates;
  rates.reserve(counts.size());
  for (auto& [error, of_error] : counts) {
    rates.push_back({error, std::move(of_error)});
  }
  return rates;
}

std::vector<Row> ReadNewest(const Search& search, int64_t limit) {
  std::vector<Row> rows;
  RowsByTime newest(search,
                    {fmt::format("{}", fmt::join(FailureColumns(), ", ")),
                     /*descending=*/true, limit});
  for (Row row; newest.Next(&row);) rows.push_back(row);
  return rows;
}

}  // namespace

const std::vector<std::string>& FailureColumns() {
  static const auto* const columns = new std::vector<std::string>{
      "time", "username", "comm", "pid", "kind", "flags", "errno", "id"};
  return *columns;
}

Report ReadReport(const ReportOptions& options, int64_t now_ns,
                  SQLite::Database* database) {
  StatsOptions stats;
  stats.filter = options.filter;
  stats.top = std::max(options.top, options.kept);
  stats.bins = options.bins;
  stats.is_recording = options.is_recording;
  stats.most_rows = std::numeric_limits<int64_t>::max();
  Report report;
  report.top = options.top;
  report.stats = ReadStats(stats, now_ns, database);
  report.bins = ChooseBins(report.stats.window, options.bins);
  report.boots = ReadBoots(options, report.stats.window, database);
  report.gaps = ReadGaps(options, report.stats.window, database);
  report.downtimes = FindDowntimes(
      AskedWindow(options.filter, report.stats.window, now_ns),
      options.filter.boot, options.is_recording, options.downtimes, database);
  // The records that the statistics have counted.
  const Filter filter = InWindow(options.filter, report.stats.window);
  {
    Filter failed = filter;
    failed.failed = true;
    const Search search(database, failed);
    report.failures = ReadFailures(search, report.bins);
    report.newest_failures = ReadNewest(search, options.failures);
  }
  const Search search(database, filter);
  report.by_bin = CountByBin(search, report.bins, report.stats.sections);
  report.family = ReadFamily(search, options.family, database);
  return report;
}

}  // namespace forkdb
