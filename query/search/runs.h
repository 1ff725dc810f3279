// Walking through the records that can hold an answer.

#ifndef FORKDB_QUERY_SEARCH_RUNS_H_
#define FORKDB_QUERY_SEARCH_RUNS_H_

#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>

#include "query/filter/filter.h"
#include "query/search/search.h"

namespace forkdb {

// The runs of a search, one by one, in the order of ids or, if descending,
// against it. Those before from_id are left out. The search must outlive it.
// Not thread-safe.
class Runs {
 public:
  Runs(const Search& search, bool descending, int64_t from_id);

  // Nothing after the last.
  std::optional<IdRange> Next();

 private:
  int64_t from_id_;
  std::optional<SQLite::Statement> blocks_;  // nothing where all is one run
  bool done_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_RUNS_H_
