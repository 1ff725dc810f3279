#include "query/missing.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include "store/time.h"

namespace forkdb {
namespace {

std::optional<int64_t> Time(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getInt64();
}

}  // namespace

Missing FindMissing(const Window& window, const std::optional<int64_t>& boot,
                    SQLite::Database* database) {
  // An unknown side of a gap has no end: NULL must not win in min and max.
  SQLite::Statement find(
      *database,
      "SELECT count(*), ifnull(sum(last_seq - first_seq + 1), 0), "
      "CASE count(*) WHEN count(after_ns) THEN min(after_ns) END, "
      "CASE count(*) WHEN count(before_ns) THEN max(before_ns) END FROM gaps "
      "WHERE (before_ns IS NULL OR before_ns > ?1) "
      "AND (after_ns IS NULL OR after_ns < ?2) AND (?3 IS NULL OR stream IN "
      "(SELECT id FROM streams WHERE boot = ?3))");
  find.bind(1, window.since_ns);
  find.bind(2, window.until_ns);
  if (boot) find.bind(3, *boot);
  find.executeStep();
  return {find.getColumn(0).getInt64(), find.getColumn(1).getInt64(),
          Time(find.getColumn(2)), Time(find.getColumn(3))};
}

std::string Describe(const Missing& missing) {
  std::string when;
  if (missing.after_ns) {
    when += fmt::format(", after {}", FormatUtc(*missing.after_ns));
  }
  if (missing.before_ns) {
    when += fmt::format(", before {}", FormatUtc(*missing.before_ns));
  }
  return fmt::format("{} {} missing ({} {}{})", missing.records,
                     missing.records == 1 ? "record is" : "records are",
                     missing.gaps, missing.gaps == 1 ? "gap" : "gaps", when);
}

}  // namespace forkdb
