// The processes with the most descendants in a search's records.

#ifndef FORKDB_QUERY_REPORT_FAMILY_H_
#define FORKDB_QUERY_REPORT_FAMILY_H_

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/search/search.h"
#include "terminal/value.h"

namespace forkdb {

// Where a process is known from.
enum class Origin {
  kMade,       // a record of the search created it
  kAlive,      // it was alive before recording began
  kElsewhere,  // only from the processes that it created
};

struct FamilyMember {
  std::optional<size_t> parent;  // an index into members; nullopt for a root
  Origin origin = Origin::kMade;
  int64_t depth = 0;  // 0 for a root
  Value id;           // the record that created it; NULL if unknown
  Value pid;          // NULL if unknown
  // From its last call or /proc, else its creator's; as tree has them.
  Value comm;
  Value username;
  Value as_of_ns;        // when they were so; NULL for its creation
  Value time_ns;         // when it was created; NULL if unknown
  int64_t below = 0;     // descendants
  int64_t children = 0;  // processes that it created
  int64_t threads = 0;   // threads that it created
  int64_t failed = 0;    // its failed calls
};

struct Family {
  std::vector<FamilyMember> members;  // the largest first
  int64_t roots = 0;                  // roots beyond the limits included
  int64_t processes = 0;              // all processes created
};

struct FamilyLimits {
  size_t members = 2000;  // keep the largest
  int64_t depth = 64;     // levels below a root; browsers nest no deeper
};

// Returns the largest processes within the limits. The parent of each member is
// a member, or the member is a root: no record of the search created it, and
// its parent was not alive before. Memory grows with the processes that made
// calls and whose own creation has not been read yet. Throws UsageError if the
// user's condition is wrong.
Family ReadFamily(const Search& search, const FamilyLimits& limits,
                  SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_FAMILY_H_
