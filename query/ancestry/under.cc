#include "query/ancestry/under.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include "query/ancestry/alive.h"
#include "query/ancestry/calls.h"
#include "store/schema.h"

namespace forkdb {
namespace {

using Kind = Process::Kind;

// A row has the record that created a process (or is any other call), or else
// the process's row in alive. UNION, not UNION ALL: a forged source could name
// a process as its own ancestor. In the order of ids, so that the table of the
// answer grows at its end.
constexpr char kUnder[] = R"(under (record, alive) AS (
  {begin}
  UNION SELECT c.id, NULL
    FROM under CROSS JOIN calls AS c ON c.caller_id = under.record{alive}
  ORDER BY 1)
SELECT record FROM under WHERE record IS NOT NULL)";

// From records to the processes in alive that they created, to those below in
// alive, and to the calls of both.
constexpr char kThroughAlive[] = R"(
  UNION SELECT NULL, m.alive
    FROM under CROSS JOIN made AS m ON m.record = under.record
  UNION SELECT NULL, a.id
    FROM under CROSS JOIN alive AS a ON a.parent = under.alive
    WHERE a.id NOT IN (SELECT alive FROM made)
  UNION SELECT r.id, NULL
    FROM under CROSS JOIN {calls_of_alive})";

// The table made, for who has none. A thread is no process.
constexpr char kMade[] = R"(WITH RECURSIVE made (alive, record) AS (
  SELECT a.id, min(f.id) FROM forks AS f
  JOIN streams AS s ON s.id = f.stream
  CROSS JOIN alive AS a ON a.boot = s.boot AND a.pid = f.child_pid
    AND a.start_tick = f.child_start_ns / {kTickNs}
  WHERE f.flags_raw & {CLONE_THREAD} = 0 GROUP BY a.id),
)";

std::string Under(const std::string& begin, bool through_alive) {
  const std::string alive = FormatSql(
      kThroughAlive,
      fmt::arg("calls_of_alive", CallsOf(Kind::kAlive, "under.alive")));
  return FormatSql(kUnder, fmt::arg("begin", begin),
                   fmt::arg("alive", through_alive ? alive : ""));
}

// Whether a record created a process in alive.
bool HasMade(SQLite::Database* database) {
  return SQLite::Statement(*database, "SELECT 1 FROM temp.made LIMIT 1")
      .executeStep();
}

// The process's own calls, and itself in alive.
std::string Begin(Kind kind, const std::string& calls, const char* id) {
  if (kind == Kind::kAlive) return fmt::format("SELECT NULL, {}", id);
  const std::string begin = fmt::format("SELECT r.id, NULL FROM {}", calls);
  if (kind == Kind::kCaller) return begin;
  return fmt::format(
      "{}\n  UNION SELECT NULL, m.alive FROM made AS m WHERE m.record = {}",
      begin, id);
}

}  // namespace

void StoreUnder(const Process& process, SQLite::Database* database) {
  database->exec(
      "DROP TABLE IF EXISTS temp.wanted_id; "
      "CREATE TEMP TABLE wanted_id (value INTEGER PRIMARY KEY)");
  StoreMade(BootOf(process, database), database);
  const bool through_alive = process.kind == Kind::kAlive || HasMade(database);
  SQLite::Statement insert(
      *database, "INSERT OR IGNORE INTO temp.wanted_id WITH RECURSIVE " +
                     Under(Begin(process.kind, CallsOf(process.kind), "?1"),
                           through_alive));
  insert.bind(1, process.id);
  insert.exec();
}

std::string UnderSql(const Process& process) {
  const std::string id = std::to_string(process.id);
  const std::string calls =
      process.kind == Kind::kRecorded
          ? fmt::format("forks AS r WHERE r.caller_id = {}", id)
          : CallsOf(process.kind, id.c_str());
  return FormatSql(kMade) +
         Under(Begin(process.kind, calls, id.c_str()), /*through_alive=*/true);
}

}  // namespace forkdb
