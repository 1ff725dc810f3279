// Finds texts in SQL that no time can equal or be compared with.

#ifndef FORKDB_STORE_TIME_LITERALS_H_
#define FORKDB_STORE_TIME_LITERALS_H_

#include <string>

namespace forkdb {

// Throws TextError if a condition on the view forks compares the column time
// or time_ns with a text that gives a wrong answer without an error: time >
// '23:03', as time is text like '2026-11-23T10:00:00.000000000Z'. A text may be
// the beginning of such a time, but for = and <> it must be all of it. What
// SQLite cannot parse passes.
void CheckTimeLiterals(const std::string& condition);

}  // namespace forkdb

#endif  // FORKDB_STORE_TIME_LITERALS_H_
