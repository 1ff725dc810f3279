// A history of two boots, and questions about it with their answers' SQL.

#ifndef FORKDB_TESTS_UNIT_RANDOM_HISTORY_H_
#define FORKDB_TESTS_UNIT_RANDOM_HISTORY_H_

#include <cstdint>
#include <random>
#include <string>

#include "query/filter/filter.h"
#include "store/record.h"

namespace forkdb {

// Of each boot: two closed blocks and an open one. One a millisecond from
// kStartNs on, in both boots, give or take a second.
inline constexpr int64_t kHistoryRecords = 5 * kBlockRecords / 2;

// Makes the database at path; the same one each time.
void MakeRandomHistory(const std::string& path);

// A filter, and the condition that says the same in plain SQL.
struct Asked {
  Filter filter;
  std::string sql = "1";
};

Asked RandomQuestion(std::mt19937* random);

}  // namespace forkdb

#endif  // FORKDB_TESTS_UNIT_RANDOM_HISTORY_H_
