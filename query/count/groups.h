// How many records have the same values.

#ifndef FORKDB_QUERY_COUNT_GROUPS_H_
#define FORKDB_QUERY_COUNT_GROUPS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "terminal/value.h"

namespace forkdb {

// As SQLite orders values: NULL, numbers, text, blobs.
struct RowLess {
  bool operator()(const Row& left, const Row& right) const;
};

// How many records have these values.
using Groups = std::map<Row, int64_t, RowLess>;

// The groups as rows, their number last: the largest first, so many at most.
std::vector<Row> LargestGroups(const Groups& groups,
                               const std::optional<int64_t>& limit);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_GROUPS_H_
