// Spans of time, and how a histogram divides them.

#ifndef FORKDB_QUERY_FILTER_WINDOW_H_
#define FORKDB_QUERY_FILTER_WINDOW_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>

#include "query/filter/filter.h"

namespace forkdb {

// A span of time, both ends included, in ns since the epoch.
struct Window {
  int64_t since_ns = 0;
  int64_t until_ns = 0;
};

// The window of a filter. Where it does not say, it begins with the oldest
// record (of its boot) and ends with the newest; one that has a beginning only
// ends at now_ns. Throws UsageError if it ends before it begins.
Window ChooseWindow(const Filter& filter, int64_t now_ns,
                    SQLite::Database* database);

// The filter for the records of its window. Without a time, the window has all
// of them, and the filter stays as it is.
Filter InWindow(Filter filter, const Window& window);

// What of a window was asked for by a filter without an end: what comes until
// now counts, too. A filter without any time asks for what there is.
Window AskedWindow(const Filter& filter, const Window& window, int64_t now_ns);

// The one that is as long and ends where this one begins. Throws UsageError if
// it would begin before 1970.
Window WindowBefore(const Window& window);

// A window cut into bins of one width. The first may begin before the window:
// they start at multiples of their width.
struct Bins {
  int64_t first_ns = 0;
  int64_t width_ns = 1;
  size_t count = 1;

  // The bin of a time of the window; of another, which only a forged database
  // can have among the window's, the nearest.
  size_t Of(int64_t time_ns) const;
};

// Bins of a width that people count in, at most so many.
Bins ChooseBins(const Window& window, size_t most);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FILTER_WINDOW_H_
