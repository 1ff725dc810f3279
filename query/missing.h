// What a time lacks: the records in gaps.

#ifndef FORKDB_QUERY_MISSING_H_
#define FORKDB_QUERY_MISSING_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>

#include "query/window.h"

namespace forkdb {

// The gaps that reach into a window. A gap lies between the records on both
// sides of it, and nobody knows where: some of it may be outside.
struct Missing {
  int64_t gaps = 0;
  int64_t records = 0;
  // The times of the records around them; nothing where there was none.
  std::optional<int64_t> after_ns;
  std::optional<int64_t> before_ns;
};

// boot is the id of a boots row, nothing for all. What was before a stream's
// first record is in no window that begins there.
Missing FindMissing(const Window& window, const std::optional<int64_t>& boot,
                    SQLite::Database* database);

// "7 records are missing (1 gap, after …, before …)".
std::string Describe(const Missing& missing);

}  // namespace forkdb

#endif  // FORKDB_QUERY_MISSING_H_
