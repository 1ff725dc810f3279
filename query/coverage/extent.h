// The extent of a database: records, times, boots and hosts.

#ifndef FORKDB_QUERY_COVERAGE_EXTENT_H_
#define FORKDB_QUERY_COVERAGE_EXTENT_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "query/filter/window.h"

namespace forkdb {

struct Extent {
  int64_t records = 0;
  Window window;  // from the oldest to the newest record, if any
  int64_t boots = 0;
  std::vector<std::string> hosts;  // known host names
};

// Reads each block summary, not each record. Throws SQLite::Exception.
Extent ReadExtent(SQLite::Database* database);

// "the database holds 7 records of host web1, 2 boots, from … to …".
std::string Describe(const Extent& extent, Zone zone);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COVERAGE_EXTENT_H_
