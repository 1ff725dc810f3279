// The records of a search, with what statistics count of them.

#ifndef FORKDB_QUERY_COUNT_COUNTED_ROWS_H_
#define FORKDB_QUERY_COUNT_COUNTED_ROWS_H_

#include <array>
#include <cstdint>
#include <unordered_map>

#include "query/count/count.h"
#include "query/search/row_cursor.h"
#include "query/search/runs.h"
#include "query/search/search.h"
#include "store/dimensions.h"
#include "store/record_row.h"

namespace forkdb {

struct CountedRow {
  // The value of a dimension, as its column holds it.
  int64_t Of(RecordRow::Column column) const {
    return dimensions[DimensionIndex(column)];
  }
  bool failed() const { return Of(RecordRow::kRet) < 0; }

  std::array<int64_t, kDimensions.size()> dimensions{};  // as kDimensions
  int64_t tgid = 0;
  int64_t start_ns = 0;
  int64_t time_ns = 0;
  int64_t id = 0;
};

// Reads them run by run, as RowCursor does. Not thread-safe.
class CountedRows {
 public:
  CountedRows(const Search& search, Runs runs);

  // Returns false after the last row.
  bool Next(CountedRow* row);

  Caller CallerOf(const CountedRow& row) const;

 private:
  RowCursor rows_;
  std::unordered_map<int64_t, int64_t> boots_;  // by stream
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_COUNTED_ROWS_H_
