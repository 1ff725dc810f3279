#include "query/coverage/extent.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <fmt/format.h>

#include "base/time.h"
#include "store/record.h"

namespace forkdb {

Extent ReadExtent(SQLite::Database* database) {
  Extent extent;
  SQLite::Statement count(
      *database,
      "SELECT ifnull(sum(n), 0), ifnull(min(first), 0), ifnull(max(last), 0) "
      "FROM (SELECT records AS n, first_time_ns AS first, last_time_ns AS last "
      "FROM blocks UNION ALL SELECT count(*), min(r.time_ns), max(r.time_ns) "
      "FROM open_blocks AS o CROSS JOIN records AS r ON r.id BETWEEN "
      "o.block * ?1 AND o.block * ?1 + ?1 - 1)");
  count.bind(1, kBlockRecords);
  count.executeStep();
  extent.records = count.getColumn(0).getInt64();
  extent.window = {count.getColumn(1).getInt64(),
                   count.getColumn(2).getInt64()};
  SQLite::Statement boots(*database, "SELECT count(*) FROM boots");
  boots.executeStep();
  extent.boots = boots.getColumn(0).getInt64();
  SQLite::Statement hosts(*database,
                          "SELECT DISTINCT host FROM boots WHERE host <> '' "
                          "ORDER BY host");
  while (hosts.executeStep()) {
    extent.hosts.push_back(hosts.getColumn(0).getString());
  }
  return extent;
}

std::string Describe(const Extent& extent, Zone zone) {
  if (extent.records == 0) return "the database holds no records yet";
  constexpr size_t kHostsNamed = 3;
  std::string of;
  if (extent.hosts.size() == 1) {
    of = fmt::format(" of host {}", extent.hosts.front());
  } else if (extent.hosts.size() > kHostsNamed) {
    of = fmt::format(" of {} hosts", extent.hosts.size());
  } else if (!extent.hosts.empty()) {
    of = fmt::format(" of hosts {}", fmt::join(extent.hosts, ", "));
  }
  if (extent.boots > 1) {
    of += fmt::format("{} {} boots", of.empty() ? " of" : ",", extent.boots);
  }
  return fmt::format("the database holds {} record{}{}, from {} to {}",
                     extent.records, extent.records == 1 ? "" : "s", of,
                     FormatTime(extent.window.since_ns, zone),
                     FormatTime(extent.window.until_ns, zone));
}

}  // namespace forkdb
