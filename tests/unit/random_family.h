// A history of processes that descend from each other, and who descends from
// whom, worked out from the records themselves.

#ifndef FORKDB_TESTS_UNIT_RANDOM_FAMILY_H_
#define FORKDB_TESTS_UNIT_RANDOM_FAMILY_H_

#include <cstdint>
#include <random>
#include <set>
#include <vector>

#include "store/record.h"

namespace forkdb {

// Two closed blocks and an open one: some processes that fork, make threads and
// fail; few pids, so that all are used again and again; some records are lost.
std::vector<Record> RandomFamily(std::mt19937* random);

// The ids of what descends from the process that this record made.
std::set<int64_t> Descendants(const std::vector<Record>& records,
                              int64_t stream, const Record& root);

}  // namespace forkdb

#endif  // FORKDB_TESTS_UNIT_RANDOM_FAMILY_H_
