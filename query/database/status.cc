#include "query/database/status.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>

#include "base/duration.h"
#include "base/saturate.h"
#include "query/database/recorder_watch.h"
#include "store/pruning_order.h"
#include "store/record.h"
#include "store/schema.h"

namespace forkdb {
namespace {

constexpr int64_t kMinuteNs = 60 * kNsPerSecond;
constexpr int64_t kHourNs = 60 * kMinuteNs;

std::optional<int64_t> IntOrNothing(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getInt64();
}

void ReadStream(SQLite::Database* database, Status* status) {
  SQLite::Statement find(
      *database,
      "SELECT b.boot_id, s.source, s.hook, s.capacity, s.next_seq - 1 "
      "FROM streams AS s JOIN boots AS b ON b.id = s.boot WHERE s.id = ifnull("
      "(SELECT stream FROM drains ORDER BY id DESC LIMIT 1), "
      "(SELECT max(id) FROM streams))");
  if (!find.executeStep()) return;
  status->boot_id = find.getColumn(0).getString();
  status->source = find.getColumn(1).getString();
  status->hook = find.getColumn(2).getString();
  status->capacity = find.getColumn(3).getInt64();
  status->last_seq = find.getColumn(4).getInt64();
}

// Reads only the newest drains; the table may cover years.
void ReadDrains(SQLite::Database* database, int64_t now_ns, Status* status) {
  SQLite::Statement drains(
      *database, "SELECT time_ns, records FROM drains ORDER BY id DESC");
  while (drains.executeStep()) {
    const int64_t time_ns = drains.getColumn(0).getInt64();
    if (!status->last_drain_ns) status->last_drain_ns = time_ns;
    if (time_ns > now_ns) continue;  // the clock was ahead
    if (time_ns < now_ns - kMinuteNs) return;
    status->recent_records =
        Plus(status->recent_records, drains.getColumn(1).getInt64());
  }
}

void ReadTotals(SQLite::Database* database, int64_t now_ns, Status* status) {
  SQLite::Statement streams(
      *database,
      "SELECT ifnull(sum(next_seq - 1), 0), ifnull(sum(pruned_seq), 0), "
      "ifnull(sum(thinned), 0) FROM streams");
  streams.executeStep();
  status->pruned = streams.getColumn(1).getInt64();
  status->thinned = streams.getColumn(2).getInt64();
  SQLite::Statement gaps(
      *database,
      "SELECT count(*), ifnull(sum(last_seq - first_seq + 1), 0), "
      "ifnull(sum(CASE WHEN noticed_ns BETWEEN ?1 AND ?2 AND first_seq > 1 "
      "THEN last_seq - first_seq + 1 END), 0) FROM gaps");
  gaps.bind(1, now_ns - kHourNs);
  gaps.bind(2, now_ns);
  gaps.executeStep();
  status->gaps = gaps.getColumn(0).getInt64();
  status->missing = gaps.getColumn(1).getInt64();
  status->recent_missing = gaps.getColumn(2).getInt64();
  SQLite::Statement missed(
      *database,
      "SELECT ifnull(sum(calls), 0), ifnull(sum(CASE WHEN before_ns BETWEEN ?1 "
      "AND ?2 THEN calls END), 0) FROM missed");
  missed.bind(1, now_ns - kHourNs);
  missed.bind(2, now_ns);
  missed.executeStep();
  status->missed = missed.getColumn(0).getInt64();
  status->recent_missed = missed.getColumn(1).getInt64();
  SQLite::Statement thinned(*database,
                            "SELECT ifnull(sum(records), 0) FROM thinned "
                            "WHERE uid = -1 AND last_time_ns >= ?1");
  thinned.bind(1, now_ns - kHourNs);
  thinned.executeStep();
  status->recent_missing =
      Plus(status->recent_missing, thinned.getColumn(0).getInt64());
  status->records =
      Minus(Minus(Minus(streams.getColumn(0).getInt64(), status->pruned),
                  status->thinned),
            status->missing);
  status->rejects =
      database->execAndGet("SELECT count(*) FROM rejects").getInt64();
}

// Reads only the first and last record of each stream.
void ReadSpan(SQLite::Database* database, Status* status) {
  SQLite::Statement span(
      *database,
      FormatSql(
          "SELECT min(o.time_ns), max(n.time_ns) FROM streams AS s "
          "LEFT JOIN records AS o ON o.id = (SELECT min(id) FROM records "
          "WHERE id > s.id * {kSeqLimit} AND id < (s.id + 1) * {kSeqLimit}) "
          "LEFT JOIN records AS n ON n.id = (SELECT max(id) FROM records "
          "WHERE id > s.id * {kSeqLimit} AND id < (s.id + 1) * {kSeqLimit})"));
  span.executeStep();
  status->oldest_ns = IntOrNothing(span.getColumn(0));
  status->newest_ns = IntOrNothing(span.getColumn(1));
}

void ReadRetention(SQLite::Database* database, int64_t now_ns, Status* status) {
  SQLite::Statement settings(*database, "SELECT name, value FROM settings");
  while (settings.executeStep()) {
    const std::string name = settings.getColumn(0).getString();
    const int64_t value = settings.getColumn(1).getInt64();
    if (name == "keep_ns") status->keep_ns = value;
    if (name == "max_bytes") status->max_bytes = value;
  }
  if (!status->keep_ns) return;
  const std::optional<int64_t> first_ns =
      PruningOrder(database).FirstTime(now_ns);
  if (first_ns) status->next_prune_ns = Plus(*first_ns, *status->keep_ns);
}

void ReadDowntimes(SQLite::Database* database, Status* status) {
  SQLite::Statement find(
      *database,
      "SELECT began_ns, ended_ns, what, count(*) OVER () FROM downtimes "
      "ORDER BY ended_ns DESC LIMIT 1");
  if (!find.executeStep()) return;
  status->last_downtime = {find.getColumn(0).getInt64(),
                           find.getColumn(1).getInt64(),
                           find.getColumn(2).getString()};
  status->downtimes = find.getColumn(3).getInt64();
}

// Problems in the recorder's own status.
void FindTrouble(const Status& status, int64_t now_boottime_ns,
                 std::vector<std::string>* problems) {
  // Ignore short troubles, such as another program's lock.
  constexpr int64_t kGraceNs = 5 * kNsPerSecond;
  const RecorderState& recorder = *status.recorder;
  const auto waiting = [&]() -> std::string {
    if (recorder.waiting == 0) return "";
    return fmt::format("; {} {} in memory", recorder.waiting,
                       recorder.waiting == 1 ? "record waits" : "records wait");
  };
  if (status.recorder_is_stopped || status.silence_ns >= kSilenceNs) {
    problems->push_back(
        status.recorder_is_stopped
            ? fmt::format(
                  "the recorder was stopped by a signal: run kill -CONT {}{}",
                  recorder.pid, waiting())
            : fmt::format("the recorder has hung for {} while {}{}",
                          FormatLength(status.silence_ns), recorder.phase,
                          waiting()));
  }
  const int64_t trouble_ns = Minus(now_boottime_ns, recorder.trouble_since_ns);
  if (!recorder.trouble.empty() && trouble_ns >= kGraceNs) {
    problems->push_back(
        fmt::format("the recorder has been failing for {}: {}{}",
                    FormatLength(trouble_ns), recorder.trouble, waiting()));
  }
  if (status.log_is_lost) {
    problems->emplace_back(kLogIsLost);
  }
  if (!recorder.incident.empty() &&
      Minus(now_boottime_ns, recorder.incident_ns) < kHourNs) {
    problems->push_back(
        fmt::format("history was lost {} ago: {}",
                    FormatLength(Minus(now_boottime_ns, recorder.incident_ns)),
                    recorder.incident));
  }
}

}  // namespace

Status ReadStatus(SQLite::Database* database, int64_t now_ns) {
  Status status;
  ReadStream(database, &status);
  ReadDrains(database, now_ns, &status);
  ReadTotals(database, now_ns, &status);
  ReadSpan(database, &status);
  ReadRetention(database, now_ns, &status);
  ReadDowntimes(database, &status);
  return status;
}

std::vector<std::string> FindProblems(const Status& status,
                                      int64_t now_boottime_ns) {
  std::vector<std::string> problems;
  if (status.recorder) {
    FindTrouble(status, now_boottime_ns, &problems);
  } else {
    problems.emplace_back("no recorder is running: start forkdb record");
  }
  if (status.lag && status.capacity > 0 &&
      *status.lag >= std::max<int64_t>(1, status.capacity / 2)) {
    problems.push_back(fmt::format(
        "the recorder is {} records behind, and the kernel keeps only {}",
        *status.lag, status.capacity));
  }
  if (status.recent_missing > 0) {
    problems.push_back(
        fmt::format("{} records were lost in the last hour: see the table gaps",
                    status.recent_missing));
  }
  if (status.recent_missed > 0) {
    problems.push_back(fmt::format(
        "the hook skipped {} calls in the last hour: see the table missed",
        status.recent_missed));
  }
  return problems;
}

}  // namespace forkdb
