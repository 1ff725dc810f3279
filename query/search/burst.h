// Fork storms: many records in a short time.

#ifndef FORKDB_QUERY_SEARCH_BURST_H_
#define FORKDB_QUERY_SEARCH_BURST_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "query/filter/filter.h"
#include "query/search/search.h"

namespace forkdb {

// A record belongs to a burst if it is one of so many that follow each other in
// a stream and match the filter, of which the first and the last are no further
// apart than within_ns. Streams do not add up.
struct Burst {
  int64_t records = 0;
  int64_t within_ns = 0;
};

// Reads "100/1", "500/2s" or "20/100ms". Throws UsageError.
Burst ParseBurst(std::string_view text);

// Finds the bursts among records that it is shown one by one, in the order of
// ids. Holds as many as make a burst. Not thread-safe.
class BurstFinder {
 public:
  explicit BurstFinder(const Burst& burst) : burst_(burst) {}

  void Add(int64_t id, int64_t time_ns);

  // From the first record of a burst to its last; bursts that share a record
  // are one. To be called after the last record.
  std::vector<IdRange> Take();

 private:
  struct Seen {
    int64_t id;
    int64_t time_ns;
  };

  Burst burst_;
  std::deque<Seen> latest_;  // of one stream
  std::vector<IdRange> found_;
};

// The bursts among the records that the search finds. Reads each of these.
// Throws UsageError for what the user's condition has wrong.
std::vector<IdRange> FindBursts(SQLite::Database* database,
                                const Search& search, const Burst& burst);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_BURST_H_
