// Rows of several databases in the order of time.

#ifndef FORKDB_QUERY_SEARCH_MERGE_H_
#define FORKDB_QUERY_SEARCH_MERGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "query/search/row_source.h"
#include "terminal/value.h"

namespace forkdb {

// Draws the row with the earliest time or, if descending, the latest; of one
// source, rows stay in their order. Holds one row a source. The first cell of a
// row is its time. Not thread-safe.
class Merge {
 public:
  explicit Merge(bool descending) : descending_(descending) {}

  // number is what Next() calls the source.
  void Add(size_t number, RowSource source);

  // Fills row, and returns whose it is; nothing after the last one.
  std::optional<size_t> Next(Row* row);

 private:
  struct Head {
    size_t number = 0;
    std::unique_ptr<RowSource> source;
    Row row;
    int64_t time_ns = 0;
  };

  // Whether the first comes before the second.
  bool Precedes(const Head& first, const Head& second) const;

  bool descending_;
  std::vector<Head> heads_;  // of the sources that have rows
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_MERGE_H_
