// Fork storms: many records in a short time.

#ifndef FORKDB_QUERY_SEARCH_BURST_H_
#define FORKDB_QUERY_SEARCH_BURST_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "query/filter/filter.h"
#include "query/search/search.h"

namespace forkdb {

// A burst is a sequence of at least `records` matching records of one stream.
// The first and the last of any `records` in a row are at most within_ns apart.
struct Burst {
  int64_t records = 0;
  int64_t within_ns = 0;
};

// Reads "100/1", "500/2s" or "20/100ms". Throws UsageError.
Burst ParseBurst(std::string_view text);

// Finds the bursts among records that are added by ascending id. Holds at most
// Burst::records of them. Not thread-safe.
class BurstFinder {
 public:
  explicit BurstFinder(const Burst& burst) : burst_(burst) {}

  void Add(int64_t id, int64_t time_ns);

  // How many of the records added belong to a burst.
  int64_t records() const { return records_; }

  // Returns each burst from its first record to its last. Bursts that share a
  // record are one. Call it once, after the last record.
  std::vector<IdRange> Take();

 private:
  struct Seen {
    int64_t id;
    int64_t time_ns;
  };

  Burst burst_;
  std::deque<Seen> latest_;  // of one stream
  std::vector<IdRange> found_;
  int64_t records_ = 0;
};

// Finds the bursts among the records of a search, and reads each record. Throws
// as RowCursor does.
std::vector<IdRange> FindBursts(const Search& search, const Burst& burst);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_BURST_H_
