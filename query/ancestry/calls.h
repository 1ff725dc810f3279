// SQL for the calls of a process, by the table pid_blocks; see FormatSql().

#ifndef FORKDB_QUERY_ANCESTRY_CALLS_H_
#define FORKDB_QUERY_ANCESTRY_CALLS_H_

namespace forkdb {

// Each stands behind FROM and gives rows r of records, in no order.

// ?1 is a record that made a process. It may have been pruned; then all of
// pid_blocks is read for its calls.
inline constexpr char kCallsOfRecord[] =
    "pid_blocks AS p CROSS JOIN json_each(p.calls) AS j "
    "CROSS JOIN records AS r ON r.id = p.block * {kBlockRecords} + j.value "
    "AND r.caller_id = ?1 AND p.caller_id = ?1 AND p.pid = ifnull("
    "(SELECT m.child_pid FROM records AS m WHERE m.id = ?1), "
    "(SELECT c.tgid FROM pid_blocks AS o CROSS JOIN records AS c "
    "ON c.id = o.block * {kBlockRecords} + (o.calls ->> 0) "
    "WHERE o.caller_id = ?1 LIMIT 1))";

// -?1 is a row of alive; no record made the callers.
inline constexpr char kCallsOfAlive[] =
    "alive AS a CROSS JOIN pid_blocks AS p ON p.pid = a.pid "
    "AND p.caller_id = 0 CROSS JOIN json_each(p.calls) AS j "
    "CROSS JOIN records AS r ON r.id = p.block * {kBlockRecords} + j.value "
    "AND a.id = -?1 AND r.caller_id IS NULL AND r.tgid = a.pid "
    "AND r.start_ns BETWEEN a.start_tick * {kTickNs} "
    "AND (a.start_tick + 1) * {kTickNs} - 1 "
    "JOIN streams AS s ON s.id = r.id / {kSeqLimit} AND s.boot = a.boot";

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_CALLS_H_
