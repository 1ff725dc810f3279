#include "query/search/stream_times.h"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <map>
#include <utility>

#include "store/schema.h"

namespace forkdb {
namespace {

// The last block of a stream may have no summary.
constexpr char kTimesSql[] =
    "SELECT min(first), max(last) FROM ("
    "SELECT min(first_time_ns) AS first, max(last_time_ns) AS last FROM blocks "
    "WHERE block BETWEEN ?1 * {kStreamBlocks} "
    "AND (?1 + 1) * {kStreamBlocks} - 1 UNION ALL "
    "SELECT min(r.time_ns), max(r.time_ns) FROM "
    "(SELECT (id * {kSeqLimit} + next_seq - 1) / {kBlockRecords} AS block "
    "FROM streams WHERE id = ?1 AND next_seq > 1) AS o "
    "CROSS JOIN records AS r ON r.id BETWEEN o.block * {kBlockRecords} "
    "AND (o.block + 1) * {kBlockRecords} - 1 "
    "WHERE NOT EXISTS (SELECT 1 FROM blocks AS b WHERE b.block = o.block))";

}  // namespace

std::vector<StreamTimes> ReadStreamTimes(const std::vector<int64_t>& streams,
                                         SQLite::Database* database) {
  std::vector<StreamTimes> times;
  SQLite::Statement find(*database, FormatSql(kTimesSql));
  for (const int64_t stream : streams) {
    find.bind(1, stream);
    find.executeStep();
    if (!find.isColumnNull(0)) {
      times.push_back(
          {stream, find.getColumn(0).getInt64(), find.getColumn(1).getInt64()});
    }
    find.reset();
  }
  return times;
}

std::vector<BootTimes> BootsByTime(SQLite::Database* database) {
  std::map<int64_t, std::vector<int64_t>> streams;
  std::map<int64_t, int64_t> watched_ns;
  SQLite::Statement find(
      *database,
      "SELECT b.id, s.id, max(ifnull(s.ended_ns, 0), ifnull(b.boot_ns, 0), "
      "iif(s.attach_boottime_ns IS NULL, 0, s.attach_ns)) "
      "FROM boots AS b LEFT JOIN streams AS s ON s.boot = b.id");
  while (find.executeStep()) {
    const int64_t boot = find.getColumn(0).getInt64();
    int64_t& last_ns = watched_ns[boot];
    last_ns = std::max(last_ns, find.getColumn(2).getInt64());
    if (!find.isColumnNull(1)) {
      streams[boot].push_back(find.getColumn(1).getInt64());
    }
  }
  std::vector<std::pair<int64_t, BootTimes>> boots;
  for (const auto& [boot, last_watched_ns] : watched_ns) {
    BootTimes times = {boot, std::nullopt, std::nullopt};
    for (const StreamTimes& part : ReadStreamTimes(streams[boot], database)) {
      times.first_ns =
          std::min(times.first_ns.value_or(part.first_ns), part.first_ns);
      times.last_ns =
          std::max(times.last_ns.value_or(part.last_ns), part.last_ns);
    }
    const int64_t last_ns =
        std::max(last_watched_ns, times.last_ns.value_or(last_watched_ns));
    boots.emplace_back(last_ns, times);
  }
  std::sort(boots.begin(), boots.end(), [](const auto& a, const auto& b) {
    return std::make_pair(a.first, a.second.boot) >
           std::make_pair(b.first, b.second.boot);
  });
  std::vector<BootTimes> by_time;
  by_time.reserve(boots.size());
  for (const auto& boot : boots) by_time.push_back(boot.second);
  return by_time;
}

}  // namespace forkdb
