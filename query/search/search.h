// Where to look for the records that a filter asks for.

#ifndef FORKDB_QUERY_SEARCH_SEARCH_H_
#define FORKDB_QUERY_SEARCH_SEARCH_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "query/filter/filter.h"
#include "query/search/criteria.h"
#include "terminal/progress.h"
#include "terminal/value.h"

namespace forkdb {

// A statement and the values of its parameters, in order.
struct BoundSql {
  std::string sql;
  Row values;
};

// A filter as one database sees it. The values that it names
// (criteria.h) narrow the blocks (schema.sql) to those that can hold an
// answer, and are what each of their rows is held against. So a question costs
// what its answer is, not what the history is.
//
// One at a time for a connection, inside one transaction. Not thread-safe; the
// database must outlive it.
class Search {
 public:
  // Throws UsageError for a name that is not known, and for a condition that is
  // not an expression (CheckCondition()).
  // progress, if any, is told how far the search is as its rows are read.
  Search(SQLite::Database* database, const Filter& filter,
         ProgressMeter* progress = nullptr);

  // Calls look with the lowest and the highest id of each run of records that
  // can hold an answer, in the order of ids or, if descending, against it,
  // until it returns false. Runs before from_id are left out.
  void ForEachRun(bool descending, int64_t from_id,
                  const std::function<bool(int64_t, int64_t)>& look) const;

  // The rows of a run, some at most (-1 for all): columns is SQL over the view
  // forks.
  std::string RowsSql(const std::string& columns, bool descending) const;
  Row RowsValues(int64_t first_id, int64_t last_id, int64_t limit) const;

  // All rows by another order, which is SQL; the first of them.
  BoundSql Ordered(const std::string& columns, const std::string& order,
                   int64_t limit) const;

  // Whether all records of a block that lies in the filter's times match if
  // they have one of the wanted values of that kind: nothing else is named but
  // times and a boot. With "stream", whether all match.
  bool TakesAllOf(std::string_view kind) const;

  // Whether the filter's times hold these.
  bool Spans(int64_t first_ns, int64_t last_ns) const {
    return since_ns_ <= first_ns && last_ns <= until_ns_;
  }

  // Whether these hold a time of the filter.
  bool Touches(int64_t first_ns, int64_t last_ns) const {
    return since_ns_ <= last_ns && first_ns <= until_ns_;
  }

  // The streams that have records and can hold an answer, by ascending id.
  std::vector<int64_t> Streams() const;

  // Whether no block can be left out.
  bool everywhere() const { return wanted_.empty() && !timed_; }

  SQLite::Database* database() const { return database_; }
  ProgressMeter* progress() const { return progress_; }

  // The statement that finds the runs' blocks, for those who ask SQLite how it
  // will go about it.
  BoundSql BlocksSql(
      bool descending, int64_t from_block,
      int64_t to_block = std::numeric_limits<int64_t>::max()) const;

 private:
  // The kind that the fewest blocks have.
  void ChooseDriver();
  void NarrowToRanges(const Filter& filter);
  void NarrowBlocks();
  // " AND …" on a block d, by all kinds but the driver.
  std::string BlockConditions() const;
  Row Values(int64_t limit, int64_t first, int64_t last) const;
  // Behind FROM: the rows that match, their ids as record.
  std::string RowsFrom(const std::string& blocks, const std::string& ids) const;

  SQLite::Database* database_;
  ProgressMeter* progress_;
  std::string condition_;
  int64_t since_ns_;
  int64_t until_ns_;
  bool timed_;
  std::vector<const Criterion*> wanted_;
  const Criterion* driver_ = nullptr;   // NULL for the table blocks
  std::vector<int64_t> driver_values_;  // empty where there are too many
  int64_t first_block_ = 0;
  int64_t last_block_ = std::numeric_limits<int64_t>::max();
  // The streams of the filter's ranges.
  int64_t first_stream_ = 0;
  int64_t last_stream_ = std::numeric_limits<int64_t>::max();
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_SEARCH_H_
