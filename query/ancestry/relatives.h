// A process of a tree, and who stands above and below it.

#ifndef FORKDB_QUERY_ANCESTRY_RELATIVES_H_
#define FORKDB_QUERY_ANCESTRY_RELATIVES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <vector>

#include "query/ancestry/tree.h"
#include "terminal/value.h"

namespace forkdb {

// Reads one process at a time; processes are named as in alive.h, whose
// table made is to be there. Inside one transaction. Not thread-safe; the
// database must outlive it.
class Relatives {
 public:
  struct Counts {
    int64_t processes = 0;
    int64_t threads = 0;
    int64_t failed = 0;
  };

  explicit Relatives(SQLite::Database* database);

  bool Has(int64_t id) { return !ReadProcess(id).empty(); }

  // The process, of which something is known, as far as it is no matter of its
  // place in a tree.
  TreeNode Read(int64_t id);

  // Who called for it, or its parent in alive; 0 if that is not known.
  int64_t FindAbove(int64_t id);
  // Whether nothing is above it: it is the first process.
  bool IsTop(int64_t id);
  // The one above it, where it is not known.
  TreeNode UnknownAbove(int64_t id);

  // Its calls.
  Counts Count(int64_t id);
  // Its children, oldest first: those in alive that no record made, and of its
  // calls so many, with threads and failed calls if the options say so.
  std::vector<int64_t> AliveChildren(int64_t id);
  std::vector<int64_t> Children(int64_t id, const TreeOptions& options,
                                int64_t limit);

 private:
  // One row, empty if there is none.
  static Row First(const Row& values, SQLite::Statement* statement);
  static std::vector<int64_t> All(const Row& values,
                                  SQLite::Statement* statement);
  // What is known of a process; empty if nothing is.
  Row ReadProcess(int64_t id);

  SQLite::Statement record_, alive_, caller_, maker_, own_comm_, children_,
      count_, alive_calls_, alive_count_, alive_children_, gap_, downtime_;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_RELATIVES_H_
