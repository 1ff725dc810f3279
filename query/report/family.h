// The processes with the most descendants, of all that a search finds.

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

// How a process is known.
enum class Origin {
  kMade,       // one of the records made it
  kAlive,      // it was alive before the recording
  kElsewhere,  // it only made some
};

struct FamilyMember {
  std::optional<size_t> parent;  // an index of the family; none for a root
  Origin origin = Origin::kMade;
  int64_t depth = 0;     // 0 for a root
  Value id;              // of the record that made it; NULL if none is known
  Value pid;             // NULL where nothing is known
  Value comm;            // its own, as of its last call; else its maker's
  Value username;        // the same call's
  Value time_ns;         // when it was made; NULL where that is not known
  int64_t below = 0;     // processes that descend from it
  int64_t children = 0;  // those that it made itself
  int64_t threads = 0;   // made by it
  int64_t failed = 0;    // its failed calls
};

struct Family {
  std::vector<FamilyMember> members;  // the largest first
  int64_t roots = 0;                  // with those that are left out
  int64_t processes = 0;              // all that were made
};

struct FamilyLimits {
  size_t members = 2000;  // the largest
  int64_t depth = 64;     // levels below a root: browsers nest no deeper
};

// Within the limits; the parent of each member is one, too, or it is a root: a
// process that no record of the search made, and with no parent that was alive
// before. Memory grows with the processes
// that called, of any time, but for those that are seen to be made. Throws
// UsageError for what the user's condition has wrong.
Family ReadFamily(const Search& search, const FamilyLimits& limits,
                  SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_REPORT_FAMILY_H_
