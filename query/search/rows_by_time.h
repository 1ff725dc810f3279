// Reads the rows that a search finds, in the order of time.

#ifndef FORKDB_QUERY_SEARCH_ROWS_BY_TIME_H_
#define FORKDB_QUERY_SEARCH_ROWS_BY_TIME_H_

#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "query/search/row_cursor.h"
#include "query/search/search.h"
#include "query/search/stream_times.h"
#include "terminal/value.h"

namespace forkdb {

// Within a stream, rows come in the order of its numbers, whatever the clock
// did. The next row is that of the stream whose next row has the earliest time
// or, if descending, the latest; of equal times, that of the lower or higher
// stream. So where each stream's times grow, rows are ordered by time and id. A
// request with an order of its own has that one.
//
// A search of one stream is read as by RowCursor. Of several, a stream is
// opened when the rows reach its times. The same rules apply as to RowCursor,
// but one connection may have several of these.
class RowsByTime {
 public:
  RowsByTime(const Search& search, const RowRequest& request);

  // Fills the next row. Returns false after the last one.
  bool Next(Row* row);

 private:
  // A stream whose rows have been reached. The statement stands on the next
  // row, whose last cell is its time.
  struct Open {
    int64_t stream = 0;
    int64_t time_ns = 0;
    std::unique_ptr<RowCursor> rows;
    SQLite::Statement* statement = nullptr;

    // Returns false after the last row.
    bool Step();
  };

  // No row of the stream comes before this time.
  int64_t Bound(const StreamTimes& times) const;
  bool Precedes(int64_t time_ns, int64_t other_ns) const;
  std::vector<Open>::iterator First();
  void OpenNext();
  void TellProgress(int64_t time_ns) const;

  Search search_;
  RowRequest request_;                // with the time as the last column
  std::optional<RowCursor> whole_;    // of at most one stream, or an order
  std::vector<StreamTimes> waiting_;  // the next one last
  std::vector<Open> open_;
  int64_t left_;                        // kAllRows for no limit
  int64_t first_ns_ = 0, last_ns_ = 0;  // of all streams
};

// Of that many newest rows, by time: the lowest id of each stream that has
// some. Costs a search.
std::map<int64_t, int64_t> FindNewestByStream(const Search& search,
                                              int64_t rows);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_ROWS_BY_TIME_H_
