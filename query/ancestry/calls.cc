#include "query/ancestry/calls.h"

#include <fmt/core.h>

#include "store/schema.h"

namespace forkdb {
namespace {

// SQLite looks at no record before it has the calls of the pid's blocks.
constexpr char kInBlocks[] = R"(CROSS JOIN json_each(p.calls) AS j
      CROSS JOIN records AS r ON r.id = p.block * {kBlockRecords} + j.value)";

constexpr char kOfRecord[] = R"(pid_blocks AS p
      {in_blocks}
      AND r.caller_id = {id} AND p.caller_id = {id} AND p.pid = ifnull(
        (SELECT ifnull(m.child_pid, 0) FROM records AS m WHERE m.id = {id}),
        (SELECT c.tgid FROM pid_blocks AS o CROSS JOIN records AS c
          ON c.id = o.block * {kBlockRecords} + (o.calls ->> 0)
          WHERE o.caller_id = {id} LIMIT 1)))";

constexpr char kOfAlive[] = R"(alive AS a
      CROSS JOIN pid_blocks AS p ON p.pid = a.pid AND p.caller_id = 0
      {in_blocks}
      AND a.id = {id} AND r.caller_id IS NULL AND r.tgid = a.pid
      AND r.start_ns BETWEEN a.start_tick * {kTickNs}
        AND (a.start_tick + 1) * {kTickNs} - 1
      JOIN streams AS s ON s.id = r.id / {kSeqLimit} AND s.boot = a.boot)";

constexpr char kOfCaller[] = R"(records AS c
      JOIN streams AS t ON t.id = c.id / {kSeqLimit}
      CROSS JOIN pid_blocks AS p ON p.pid = c.tgid AND p.caller_id = 0
      {in_blocks}
      AND c.id = {id} AND r.caller_id IS NULL AND r.tgid = c.tgid
      AND r.start_ns = c.start_ns
      JOIN streams AS s ON s.id = r.id / {kSeqLimit} AND s.boot = t.boot)";

}  // namespace

std::string CallsOf(Process::Kind kind, const char* id) {
  const char* const sql = kind == Process::Kind::kRecorded ? kOfRecord
                          : kind == Process::Kind::kAlive  ? kOfAlive
                                                           : kOfCaller;
  return FormatSql(sql, fmt::arg("in_blocks", FormatSql(kInBlocks)),
                   fmt::arg("id", id));
}

}  // namespace forkdb
