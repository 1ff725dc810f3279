// A history of two boots, and random filters with equivalent SQL.

#ifndef FORKDB_TESTS_UNIT_RANDOM_HISTORY_H_
#define FORKDB_TESTS_UNIT_RANDOM_HISTORY_H_

#include <cstdint>
#include <random>
#include <string>

#include "query/filter/filter.h"
#include "store/record.h"

namespace forkdb {

// Records per boot: two closed blocks and an open one. Both boots have a record
// per millisecond from kStartNs on, give or take a second.
inline constexpr int64_t kHistoryRecords = 5 * kBlockRecords / 2;

// Creates the database at path, always with the same contents.
void MakeRandomHistory(const std::string& path);

// A filter and the equivalent SQL condition.
struct Asked {
  Filter filter;
  std::string sql = "1";
};

Asked RandomQuestion(std::mt19937* random);

}  // namespace forkdb

#endif  // FORKDB_TESTS_UNIT_RANDOM_HISTORY_H_
