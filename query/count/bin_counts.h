// Counts the entries of statistics by bin, for lists that follow a timeline.

#ifndef FORKDB_QUERY_COUNT_BIN_COUNTS_H_
#define FORKDB_QUERY_COUNT_BIN_COUNTS_H_

#include <cstdint>
#include <vector>

#include "query/count/stats_sections.h"
#include "query/filter/window.h"
#include "query/search/search.h"

namespace forkdb {

// The records of one entry, and the failed ones among them: a number per bin.
struct BinCounts {
  std::vector<int64_t> records;
  std::vector<int64_t> failed;
};

// Counts the records of each entry of the sections, which must come from
// DescribeCounts() for the same search. Returns a vector per section, with its
// entries in their order; it is empty for the sections totals and rate. Reads
// each record once. Inside one transaction. Throws as RowCursor does.
std::vector<std::vector<BinCounts>> CountByBin(
    const Search& search, const Bins& bins,
    const std::vector<StatsSection>& sections);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_BIN_COUNTS_H_
