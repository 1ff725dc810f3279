// Lists the runs of records that can hold an answer.

#ifndef FORKDB_QUERY_SEARCH_RUNS_H_
#define FORKDB_QUERY_SEARCH_RUNS_H_

#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "query/filter/filter.h"
#include "query/search/search.h"

namespace forkdb {

// Returns runs of ids one by one. Not thread-safe; the search's database must
// outlive it.
class Runs {
 public:
  // The runs of a search by ascending or descending id, without ids below
  // from_id.
  Runs(const Search& search, bool descending, int64_t from_id);

  // Those with ids in a range, without telling progress.
  Runs(const Search& search, bool descending, const IdRange& ids);

  // These runs.
  explicit Runs(std::vector<IdRange> runs);

  // Returns nothing after the last run.
  std::optional<IdRange> Next();

 private:
  // The blocks of a stream that have been given out.
  struct Span {
    int64_t first_block = 0;
    int64_t last_block = 0;
  };

  void ReadSpans(SQLite::Database* database);
  // Cuts all ids into runs, so that progress can be told in between.
  void CutAll(int64_t from_id);
  void TellProgress(int64_t block);

  int64_t from_id_ = 0;
  int64_t to_id_ = std::numeric_limits<int64_t>::max();
  bool descending_ = false;
  ProgressMeter* progress_ = nullptr;        // may be NULL
  std::vector<Span> spans_;                  // in order; empty without progress
  std::optional<SQLite::Statement> blocks_;  // of a search that has several
  std::vector<IdRange> known_;
  size_t next_ = 0;  // in known_
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_RUNS_H_
