// Who descends from whom: the family of one process.

#ifndef FORKDB_QUERY_ANCESTRY_TREE_H_
#define FORKDB_QUERY_ANCESTRY_TREE_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <functional>
#include <string>

#include "query/filter/process.h"
#include "terminal/value.h"

namespace forkdb {

struct TreeOptions {
  Process root;
  bool up = true;
  bool down = true;
  int64_t depth = 64;  // levels shown, each way
  int64_t limit = 50;  // children shown of each process, the oldest
  bool threads = false;
  bool failed = false;
};

// A process, or a thread or a failed call if they were asked for.
struct TreeNode {
  int64_t depth = 0;    // 0 for the root, below 0 for its ancestors
  bool is_last = true;  // of those shown of its parent
  Value id;             // the record that created it; NULL if there is none
  Value caller_id;
  Value pid;     // NULL where the call failed
  Value ns_pid;  // in its own PID namespace, NULL where it is pid
  // Its own, as of its last call or as /proc showed them; else its maker's, as
  // of its creation.
  Value comm;
  Value username;
  bool has_own_comm = false;
  Value as_of_ns;  // NULL for its creation
  Value time;      // of its creation
  Value kind;
  Value error;
  int64_t threads = 0;  // made by it, not shown
  int64_t more = 0;     // children that limit or depth leaves out
  // How it is known, if by no record; what is not known; and whether its last
  // call shows that it changed its namespaces.
  std::string note;
};

// Calls take with the ancestors, oldest first, the root, and its descendants,
// each before its own. Costs what it shows and each shown process's calls; the
// stack does not grow with the depth. Throws UsageError if there is no such
// process.
void ReadTree(const TreeOptions& options, SQLite::Database* database,
              const std::function<void(const TreeNode&)>& take);

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_TREE_H_
