// Counts the records of a search by their values.

#ifndef FORKDB_QUERY_COUNT_COUNT_H_
#define FORKDB_QUERY_COUNT_COUNT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "query/filter/window.h"
#include "query/search/search.h"
#include "store/dimensions.h"
#include "store/record_row.h"

namespace forkdb {

// A process that called: its boot, its tgid and its start_ns.
using Caller = std::tuple<int64_t, int64_t, int64_t>;

struct CallerCount {
  int64_t records = 0;
  int64_t last_id = 0;  // its newest record
};

// The index in kDimensions of the dimension with this column.
constexpr size_t DimensionIndex(RecordRow::Column column) {
  size_t i = 0;
  while (kDimensions.at(i).column != column) ++i;
  return i;
}

// How many records have a value.
struct Counts {
  using ById = std::unordered_map<int64_t, int64_t>;

  // The counts of a dimension, by the ids that its column holds.
  const ById& Of(RecordRow::Column column) const {
    return by_dimension[DimensionIndex(column)];
  }

  int64_t records = 0;
  // In the order of kDimensions; one of failures counts failed calls only.
  std::array<ById, kDimensions.size()> by_dimension;
  ById failed_flag_sets;  // the flag sets of failed calls
  std::vector<int64_t> bins;
  // False if blocks were counted. They do not know seconds and callers, which
  // are empty then.
  bool has_rows = false;
  ById seconds;
  std::map<Caller, CallerCount> callers;
};

// Counts the records of a search, whose time must lie in the bins. Reads every
// record if the blocks have room for at most most_rows, or if the search asks
// for more than a time and a boot. Otherwise counts whole blocks
// (whole_blocks.h) and reads the rest. Inside one transaction. Throws as
// RowCursor does.
Counts Count(const Search& search, const Bins& bins, int64_t most_rows);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_COUNT_H_
