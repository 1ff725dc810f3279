// Groups of records with the same values.

#ifndef FORKDB_QUERY_COUNT_GROUPS_H_
#define FORKDB_QUERY_COUNT_GROUPS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "terminal/value.h"

namespace forkdb {

// The order of SQLite: NULL, numbers, text, blobs.
struct RowLess {
  bool operator()(const Row& left, const Row& right) const;
};

// Values, and how many records have them.
using Groups = std::map<Row, int64_t, RowLess>;

// Returns the largest groups as rows, at most limit, the largest first. The
// last cell is the number of records.
std::vector<Row> LargestGroups(const Groups& groups,
                               const std::optional<int64_t>& limit);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_GROUPS_H_
