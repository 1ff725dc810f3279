// Which columns and rows of an answer to print, and in what order.

#ifndef FORKDB_QUERY_FILTER_SHAPE_H_
#define FORKDB_QUERY_FILTER_SHAPE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forkdb {

// Without an order, rows come by time (search/rows_by_time.h), and a limit
// keeps the newest or, if oldest, the oldest. With an order, a limit keeps the
// first. reverse turns the rows around.
struct Shape {
  std::vector<std::string> columns;
  std::string order;  // "time_ns DESC, pid"; "" for time
  std::optional<int64_t> limit;
  bool oldest = false;
  bool reverse = false;
};

// The columns of the view, in its order.
const std::vector<std::string>& ViewColumns();

// What a person reads: the first ten of them; on a screen of less than 110
// columns (0: any number), those of the ten that it has room for.
std::vector<std::string> PeopleColumns(size_t screen_width);

// Splits "a,b" and checks that each is a column of the view; "all" is all.
// Throws UsageError.
std::vector<std::string> ParseColumns(std::string_view text);

// The columns to group by: those of the view, and time buckets (time_bucket.h).
std::vector<std::string> GroupColumns();

// As ParseColumns(), for columns to group by.
std::vector<std::string> ParseGroupColumns(std::string_view text);

// "time_ns DESC, pid" as SQL, turned around if reverse. Throws UsageError where
// it is anything but columns of the view.
std::string ParseOrder(std::string_view order, bool reverse);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FILTER_SHAPE_H_
