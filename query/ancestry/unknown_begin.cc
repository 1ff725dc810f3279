#include "query/ancestry/unknown_begin.h"

#include <fmt/core.h>

#include "base/time.h"
#include "store/schema.h"
#include "store/statement.h"

namespace forkdb {
namespace {

// When the caller of a record was made, by the clock of when the record was:
// the boot's start is when a child was made less how long after the boot that
// was.
constexpr char kMadeAtSql[] =
    "WITH made AS (SELECT s.boot, ?2 + coalesce("
    "(SELECT time_ns - child_start_ns FROM records WHERE id = ?1), b.boot_ns, "
    "(SELECT time_ns - child_start_ns FROM records WHERE ret > 0 "
    "AND id > s.id * {kSeqLimit} AND id < (s.id + 1) * {kSeqLimit} "
    "ORDER BY id LIMIT 1)) AS time_ns FROM streams AS s "
    "JOIN boots AS b ON b.id = s.boot WHERE s.id = ?1 / {kSeqLimit}) ";

// Clocks drift: a second on both sides. A gap at the beginning of a stream has
// no time before it: the ring has lost what was called since the boot.
constexpr char kGapSql[] =
    "SELECT 1 FROM made AS m JOIN streams AS s ON s.boot = m.boot "
    "JOIN losses AS g ON g.stream = s.id WHERE m.time_ns "
    "BETWEEN ifnull(g.after_ns, "
    "CASE s.source WHEN 'ebpf' THEN s.attach_ns ELSE 0 END) - 1000000000 "
    "AND ifnull(g.before_ns, g.noticed_ns) + 1000000000";

// Pruned, so older than the stream's oldest record, or thinned.
constexpr char kDeletedSql[] =
    "SELECT 1 FROM made AS m JOIN streams AS s ON s.boot = m.boot "
    "WHERE s.pruned_seq > 0 AND m.time_ns <= 1000000000 + ifnull("
    "(SELECT r.time_ns FROM records AS r WHERE r.id > s.id * {kSeqLimit} "
    "AND r.id < (s.id + 1) * {kSeqLimit} ORDER BY r.id LIMIT 1), "
    "s.ended_ns) AND m.time_ns >= "
    "CASE s.source WHEN 'ebpf' THEN s.attach_ns ELSE 0 END - 1000000000 "
    "OR EXISTS (SELECT 1 FROM thinned AS t "
    "WHERE t.block / {kStreamBlocks} = s.id AND m.time_ns "
    "BETWEEN t.first_time_ns - 1000000000 AND t.last_time_ns + 1000000000)";

constexpr char kDowntimeSql[] =
    "SELECT CAST(d.began_ns AS INTEGER), CAST(d.ended_ns AS INTEGER) "
    "FROM made AS m JOIN boots AS b ON b.id = m.boot "
    "JOIN downtimes AS d ON d.boot = b.boot_id AND m.time_ns "
    "BETWEEN d.began_ns - 1000000000 AND d.ended_ns + 1000000000 "
    "ORDER BY d.began_ns LIMIT 1";

// Returns the first row, empty if there is none.
Row First(const Row& values, SQLite::Statement* statement) {
  Row row;
  BindAll(values, statement);
  if (statement->executeStep()) ReadRow(statement, &row);
  statement->reset();
  return row;
}

std::string Time(const Value& time_ns) {
  return FormatUtc(IntegerOr(time_ns, 0));
}

}  // namespace

UnknownBegin::UnknownBegin(SQLite::Database* database)
    : gap_(*database, FormatSql(kMadeAtSql) + kGapSql),
      downtime_(*database, FormatSql(kMadeAtSql) + kDowntimeSql),
      deleted_(*database, FormatSql(kMadeAtSql) + FormatSql(kDeletedSql)) {}

std::string UnknownBegin::Why(int64_t call, const Value& start_ns) {
  const Row values = {call, start_ns};
  if (!First(values, &gap_).empty()) {
    return "a gap may hide the record of its creation";
  }
  if (const Row downtime = First(values, &downtime_); !downtime.empty()) {
    return fmt::format("started while nothing was recorded, between {} and {}",
                       Time(downtime[0]), Time(downtime[1]));
  }
  if (!First(values, &deleted_).empty()) {
    return "the record of its creation may have been pruned or thinned";
  }
  return "started before recording began";
}

}  // namespace forkdb
