// Random families of processes, and their descendants by a simple algorithm.

#ifndef FORKDB_TESTS_UNIT_RANDOM_FAMILY_H_
#define FORKDB_TESTS_UNIT_RANDOM_FAMILY_H_

#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "query/database/find_process.h"
#include "query/filter/filter.h"
#include "store/record.h"

namespace forkdb {

// Returns records for two closed blocks and an open one. Processes fork, create
// threads and fail. Pids are few, so all are reused often. Some records are
// missing.
std::vector<Record> RandomFamily(std::mt19937* random);

// The ids of the calls of the process that root created and of its descendants.
std::set<int64_t> Descendants(const std::vector<Record>& records,
                              int64_t stream, const Record& root);

// A process by its pid, in a boot or in any.
WantedProcess Wanted(int64_t pid, const std::optional<int64_t>& boot = {});

// The ids of a filter's records in a database, one a line below "id". The SQL
// that stands for the filter (plain_sql.h) must find the same.
std::string PrintIds(const std::string& path, const Filter& filter);

}  // namespace forkdb

#endif  // FORKDB_TESTS_UNIT_RANDOM_FAMILY_H_
