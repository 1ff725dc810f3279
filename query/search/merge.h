// Merges the rows of several databases by time.

#ifndef FORKDB_QUERY_SEARCH_MERGE_H_
#define FORKDB_QUERY_SEARCH_MERGE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "terminal/value.h"

namespace forkdb {

// Fills the next row. Returns false after the last one.
using NextRow = std::function<bool(Row*)>;

// Returns the row with the earliest time or, if descending, the latest. The
// rows of one source keep their order. The first cell of a row is its time.
// Holds one row of each source. Not thread-safe.
class Merge {
 public:
  explicit Merge(bool descending) : descending_(descending) {}

  // Adds a source, for which Next() returns this number.
  void Add(size_t number, NextRow source);

  // Fills row and returns the number of its source; nothing after the last row.
  std::optional<size_t> Next(Row* row);

 private:
  struct Head {
    size_t number = 0;
    NextRow source;
    Row row;
    int64_t time_ns = 0;
  };

  bool Precedes(const Head& first, const Head& second) const;

  bool descending_;
  std::vector<Head> heads_;  // one for each source that still has rows
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_MERGE_H_
