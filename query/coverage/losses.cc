#include "query/coverage/losses.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <cstddef>
#include <cstdio>

#include "base/time.h"
#include "store/schema.h"
#include "terminal/tell.h"

namespace forkdb {
namespace {

std::optional<int64_t> Time(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getInt64();
}

}  // namespace

Losses FindLosses(const Window& window, const std::optional<int64_t>& boot,
                  bool is_recording, SQLite::Database* database) {
  // A gap with an unknown end makes the result unknown: min() and max() would
  // skip its NULL.
  SQLite::Statement find(
      *database,
      std::string("SELECT count(*), ifnull(sum(records), 0), "
                  "CASE count(*) WHEN count(after_ns) THEN min(after_ns) END, "
                  "CASE count(*) WHEN count(before_ns) THEN max(before_ns) "
                  "END FROM losses AS g WHERE ") +
          kGapOverlaps);
  find.bind(1, window.since_ns);
  find.bind(2, window.until_ns);
  if (boot) find.bind(3, *boot);
  find.executeStep();
  constexpr size_t kDowntimesTold = 3;
  SQLite::Statement thinned(
      *database, FormatSql("SELECT ifnull(sum(records), 0) FROM thinned "
                           "WHERE last_time_ns >= ?1 AND first_time_ns <= ?2 "
                           "AND (?3 IS NULL OR block / {kStreamBlocks} IN "
                           "(SELECT id FROM streams WHERE boot = ?3))"));
  thinned.bind(1, window.since_ns);
  thinned.bind(2, window.until_ns);
  if (boot) thinned.bind(3, *boot);
  thinned.executeStep();
  return {find.getColumn(0).getInt64(),
          find.getColumn(1).getInt64(),
          Time(find.getColumn(2)),
          Time(find.getColumn(3)),
          thinned.getColumn(0).getInt64(),
          FindDowntimes(window, boot, is_recording, kDowntimesTold, database)};
}

std::string DescribeGaps(const Losses& missing, Zone zone) {
  std::string when;
  if (missing.after_ns) {
    when += fmt::format(", after {}", FormatTime(*missing.after_ns, zone));
  }
  if (missing.before_ns) {
    when += fmt::format(", before {}", FormatTime(*missing.before_ns, zone));
  }
  return fmt::format("{} {} missing ({} {}{})", missing.records,
                     missing.records == 1 ? "record is" : "records are",
                     missing.gaps, missing.gaps == 1 ? "gap" : "gaps", when);
}

void Warn(const Losses& missing, const std::string& prefix,
          const std::string& consequence, const Notes& notes) {
  const auto tell = [&](const std::string& what) {
    notes.Tell(fmt::format("{}{}: {}", prefix, what, consequence));
  };
  if (missing.gaps > 0) tell(DescribeGaps(missing, notes.zone));
  if (missing.thinned > 0) {
    tell(fmt::format("{} {} thinned to keep the database below --max-size",
                     missing.thinned,
                     missing.thinned == 1 ? "record was" : "records were"));
  }
  for (const std::string& line : Describe(missing.downtimes, notes.zone))
    tell(line);
}

}  // namespace forkdb
