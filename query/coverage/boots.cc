#include "query/coverage/boots.h"

#include <SQLiteCpp/Statement.h>

#include "store/schema.h"

namespace forkdb {
namespace {

std::optional<int64_t> IntOrNothing(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getInt64();
}

}  // namespace

std::vector<BootSummary> ReadBoots(SQLite::Database* database) {
  SQLite::Statement find(
      *database,
      FormatSql(
          "WITH found AS ("
          "SELECT block / {kStreamBlocks} AS stream, records, "
          "first_time_ns AS first, last_time_ns AS last FROM blocks "
          "UNION ALL SELECT o.block / {kStreamBlocks}, count(*), "
          "min(r.time_ns), max(r.time_ns) FROM open_blocks AS o CROSS JOIN "
          "records AS r ON r.id BETWEEN o.block * {kBlockRecords} AND "
          "o.block * {kBlockRecords} + {kBlockRecords} - 1 GROUP BY o.block) "
          "SELECT b.boot_id, ifnull(b.host, ''), ifnull(sum(f.records), 0), "
          "min(f.first), max(f.last), "
          "(SELECT ifnull(sum(l.records), 0) FROM losses AS l JOIN streams AS "
          "t ON t.id = l.stream WHERE t.boot = b.id), "
          "(SELECT ifnull(sum(d.ended_ns - d.began_ns), 0) FROM downtimes AS d "
          "WHERE d.boot = b.boot_id AND d.what = 'recorder stopped') "
          "FROM boots AS b LEFT JOIN streams AS s ON s.boot = b.id "
          "LEFT JOIN found AS f ON f.stream = s.id "
          "GROUP BY b.id ORDER BY b.id"));
  std::vector<BootSummary> boots;
  while (find.executeStep()) {
    boots.push_back(
        {find.getColumn(0).getString(), find.getColumn(1).getString(),
         find.getColumn(2).getInt64(), IntOrNothing(find.getColumn(3)),
         IntOrNothing(find.getColumn(4)), find.getColumn(5).getInt64(),
         find.getColumn(6).getInt64()});
  }
  return boots;
}

}  // namespace forkdb
