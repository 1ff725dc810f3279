#include "query/coverage.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <fmt/format.h>

#include "store/escape.h"
#include "store/record.h"
#include "store/time.h"

namespace forkdb {

Coverage ReadCoverage(SQLite::Database* database) {
  Coverage coverage;
  SQLite::Statement count(
      *database,
      "SELECT ifnull(sum(n), 0), ifnull(min(first), 0), ifnull(max(last), 0) "
      "FROM (SELECT records AS n, first_time_ns AS first, last_time_ns AS last "
      "FROM blocks UNION ALL SELECT count(*), min(r.time_ns), max(r.time_ns) "
      "FROM open_blocks AS o CROSS JOIN records AS r ON r.id BETWEEN "
      "o.block * ?1 AND o.block * ?1 + ?1 - 1)");
  count.bind(1, kBlockRecords);
  count.executeStep();
  coverage.records = count.getColumn(0).getInt64();
  coverage.window = {count.getColumn(1).getInt64(),
                     count.getColumn(2).getInt64()};
  SQLite::Statement boots(*database, "SELECT count(*) FROM boots");
  boots.executeStep();
  coverage.boots = boots.getColumn(0).getInt64();
  SQLite::Statement hosts(*database,
                          "SELECT DISTINCT host FROM boots WHERE host <> '' "
                          "ORDER BY host");
  while (hosts.executeStep()) {
    coverage.hosts.push_back(EscapeForDisplay(hosts.getColumn(0).getString()));
  }
  return coverage;
}

std::string Describe(const Coverage& coverage) {
  if (coverage.records == 0) return "the database holds no records yet";
  constexpr size_t kHostsNamed = 3;
  std::string of;
  if (coverage.hosts.size() == 1) {
    of = fmt::format(" of host {}", coverage.hosts.front());
  } else if (coverage.hosts.size() > kHostsNamed) {
    of = fmt::format(" of {} hosts", coverage.hosts.size());
  } else if (!coverage.hosts.empty()) {
    of = fmt::format(" of hosts {}", fmt::join(coverage.hosts, ", "));
  }
  if (coverage.boots > 1) {
    of += fmt::format("{} {} boots", of.empty() ? " of" : ",", coverage.boots);
  }
  return fmt::format("the database holds {} record{}{}, from {} to {}",
                     coverage.records, coverage.records == 1 ? "" : "s", of,
                     FormatUtc(coverage.window.since_ns),
                     FormatUtc(coverage.window.until_ns));
}

}  // namespace forkdb
