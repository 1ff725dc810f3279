// What a time lacks: the view losses (gaps and missed calls), what was thinned,
// and what nobody recorded.

#ifndef FORKDB_QUERY_COVERAGE_LOSSES_H_
#define FORKDB_QUERY_COVERAGE_LOSSES_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>

#include "query/coverage/downtime.h"
#include "query/filter/window.h"

namespace forkdb {

// The losses and the downtimes that reach into a window. A loss is a gap, or
// calls that the hook skipped (a row of missed). A gap lies between the records
// on both sides of it, and nobody knows where: some of it may be outside.
struct Losses {
  int64_t gaps = 0;
  int64_t records = 0;
  // The times of the records around them; nothing where there was none.
  std::optional<int64_t> after_ns;
  std::optional<int64_t> before_ns;
  // Records that were thinned between two times that reach into the window.
  int64_t thinned = 0;
  Downtimes downtimes;
};

// boot is the id of a boots row, nothing for all. Before the first record of a
// stream, a gap reaches back to the attachment or to the boot's start, where
// that is known; after the last record, it ends when it was noticed.
// is_recording is as for FindDowntimes().
Losses FindLosses(const Window& window, const std::optional<int64_t>& boot,
                  bool is_recording, SQLite::Database* database);

// SQL that says whether a row g of losses reaches into the window from ?1 to
// ?2, and is of the boot ?3 if that is not NULL.
inline constexpr char kGapOverlaps[] =
    "ifnull(before_ns, noticed_ns) > ?1 AND (after_ns < ?2 OR after_ns IS NULL "
    "AND ifnull((SELECT CASE s.source WHEN 'ebpf' THEN s.attach_ns ELSE "
    "b.boot_ns END FROM streams AS s JOIN boots AS b ON b.id = s.boot "
    "WHERE s.id = g.stream) < ?2, 1)) AND (?3 IS NULL OR stream IN "
    "(SELECT id FROM streams WHERE boot = ?3))";

// "7 records are missing (1 gap, after …, before …)".
std::string DescribeGaps(const Losses& missing);

// Tells it on stderr: "forkdb: PREFIX7 records are missing (…): CONSEQUENCE",
// and the same of each downtime; nothing if nothing is missing.
void Warn(const Losses& missing, const std::string& prefix,
          const std::string& consequence);

inline constexpr char kMayBeMore[] = "there may have been more than this";

}  // namespace forkdb

#endif  // FORKDB_QUERY_COVERAGE_LOSSES_H_
