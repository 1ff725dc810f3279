#include "query/database/boots.h"

#include <SQLiteCpp/Statement.h>

#include <unordered_map>

#include "query/search/stream_times.h"

namespace forkdb {
namespace {

// Rows + gaps + thinned + pruned = numbers issued.
constexpr char kSummarySql[] =
    "SELECT b.id, b.boot_id, ifnull(b.host, ''), "
    "ifnull(s.numbers, 0) - ifnull(g.numbers, 0), ifnull(l.records, 0), "
    "ifnull(d.ns, 0) FROM boots AS b "
    "LEFT JOIN (SELECT boot, sum(next_seq - 1 - pruned_seq - thinned) "
    "AS numbers FROM streams GROUP BY boot) AS s ON s.boot = b.id "
    "LEFT JOIN (SELECT t.boot, sum(last_seq - first_seq + 1) AS numbers "
    "FROM gaps JOIN streams AS t ON t.id = stream GROUP BY t.boot) AS g "
    "ON g.boot = b.id "
    "LEFT JOIN (SELECT t.boot, sum(records) AS records "
    "FROM losses JOIN streams AS t ON t.id = stream GROUP BY t.boot) AS l "
    "ON l.boot = b.id "
    "LEFT JOIN (SELECT boot, sum(ended_ns - began_ns) AS ns FROM downtimes "
    "WHERE what = 'recorder stopped' GROUP BY boot) AS d ON d.boot = b.boot_id";

}  // namespace

std::vector<BootSummary> ReadBoots(SQLite::Database* database) {
  std::unordered_map<int64_t, BootSummary> summaries;
  SQLite::Statement find(*database, kSummarySql);
  while (find.executeStep()) {
    BootSummary& boot = summaries[find.getColumn(0).getInt64()];
    boot.boot_id = find.getColumn(1).getString();
    boot.host = find.getColumn(2).getString();
    boot.records = find.getColumn(3).getInt64();
    boot.missing = find.getColumn(4).getInt64();
    boot.downtime_ns = find.getColumn(5).getInt64();
  }
  const std::vector<BootTimes> latest_first = BootsByTime(database);
  std::vector<BootSummary> boots;
  for (auto times = latest_first.rbegin(); times != latest_first.rend();
       ++times) {
    BootSummary& boot = boots.emplace_back(summaries[times->boot]);
    boot.first_ns = times->first_ns;
    boot.last_ns = times->last_ns;
  }
  return boots;
}

}  // namespace forkdb
