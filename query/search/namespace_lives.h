// The kernel reuses the inode numbers of namespaces.

#ifndef FORKDB_QUERY_SEARCH_NAMESPACE_LIVES_H_
#define FORKDB_QUERY_SEARCH_NAMESPACE_LIVES_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "query/filter/filter.h"

namespace forkdb {

// PROC_PID_INIT_INO and PROC_USER_INIT_INO of Linux: the numbers of the initial
// namespaces, which are fixed.
inline constexpr int64_t kInitialPidNs = 4'026'531'836;
inline constexpr int64_t kInitialUserNs = 4'026'531'837;

// What one inode number stood for, in the time and the boot of a filter.
struct NamespaceLives {
  int64_t inode = 0;
  int64_t boots = 0;  // with records of it
  // How often a recorded call created it, and the first times that it did.
  int64_t created = 0;
  std::vector<int64_t> created_ns;

  bool are_several() const { return boots > 1 || created > 1; }
};

// The lives of Filter::namespaces, but for the initial ones, whose numbers are
// fixed; at most so many times of each. Costs a look at their blocks. Throws as
// RowCursor does.
std::vector<NamespaceLives> FindNamespaceLives(const Filter& filter,
                                               size_t most_times,
                                               SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_NAMESPACE_LIVES_H_
