// When the records of streams and boots were made.

#ifndef FORKDB_QUERY_SEARCH_STREAM_TIMES_H_
#define FORKDB_QUERY_SEARCH_STREAM_TIMES_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace forkdb {

// The lowest and the highest time of a stream's records.
struct StreamTimes {
  int64_t stream = 0;
  int64_t first_ns = 0;
  int64_t last_ns = 0;
};

// The times of those of the streams that have records. Costs a look at their
// blocks. Throws SQLite::Exception.
std::vector<StreamTimes> ReadStreamTimes(const std::vector<int64_t>& streams,
                                         SQLite::Database* database);

// The lowest and the highest time of a boot's records; nullopt without any.
struct BootTimes {
  int64_t boot = 0;  // the id of its row
  std::optional<int64_t> first_ns, last_ns;
};

// All boots, the latest first: by their newest record, or by when a recorder
// last watched them. Ids tell only in which order boots were recorded: an old
// copy may be imported later. Throws SQLite::Exception.
std::vector<BootTimes> BootsByTime(SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_STREAM_TIMES_H_
