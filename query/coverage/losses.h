// What is missing from a time range: rows of the view losses (gaps and missed
// calls), thinned records, and downtimes.

#ifndef FORKDB_QUERY_COVERAGE_LOSSES_H_
#define FORKDB_QUERY_COVERAGE_LOSSES_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "query/coverage/downtime.h"
#include "query/filter/window.h"
#include "terminal/tell.h"

namespace forkdb {

// Losses and downtimes that overlap a window. A loss is a gap, or calls that
// the hook skipped (a row of missed). A gap lies somewhere between the records
// before and after it, so part of it may be outside the window.
struct Losses {
  int64_t gaps = 0;
  int64_t records = 0;
  // Times of the records around all losses; nullopt if one has none.
  std::optional<int64_t> after_ns;
  std::optional<int64_t> before_ns;
  // Records in thinned ranges that overlap the window.
  int64_t thinned = 0;
  Downtimes downtimes;
};

// boot is the id of a boots row; nullopt means all boots. A gap before a
// stream's first record begins at the attachment or the start of the boot, if
// that is known. A gap after the last record ends when it was noticed.
// is_recording is as for FindDowntimes(). Throws SQLite::Exception.
Losses FindLosses(const Window& window, const std::optional<int64_t>& boot,
                  bool is_recording, SQLite::Database* database);

// SQL that is true if a row g of losses overlaps the window from ?1 to ?2 and,
// unless ?3 is NULL, belongs to the boot ?3.
inline constexpr char kGapOverlaps[] =
    "ifnull(before_ns, noticed_ns) > ?1 AND (after_ns < ?2 OR after_ns IS NULL "
    "AND ifnull((SELECT CASE s.source WHEN 'ebpf' THEN s.attach_ns ELSE "
    "b.boot_ns END FROM streams AS s JOIN boots AS b ON b.id = s.boot "
    "WHERE s.id = g.stream) < ?2, 1)) AND (?3 IS NULL OR stream IN "
    "(SELECT id FROM streams WHERE boot = ?3))";

// "7 records are missing (1 gap, after …, before …)".
std::string DescribeGaps(const Losses& missing, Zone zone);

// Tells "PREFIX7 records are missing (…): CONSEQUENCE", and a similar line for
// thinned records and each downtime. Tells nothing if nothing is missing.
void Warn(const Losses& missing, const std::string& prefix,
          const std::string& consequence, const Notes& notes);

inline constexpr char kMayBeMore[] = "the answer may be incomplete";

}  // namespace forkdb

#endif  // FORKDB_QUERY_COVERAGE_LOSSES_H_
