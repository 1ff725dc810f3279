// Which users a filter can name.

#ifndef FORKDB_QUERY_DATABASE_KNOWN_USERS_H_
#define FORKDB_QUERY_DATABASE_KNOWN_USERS_H_

#include <set>
#include <string>
#include <vector>

#include "query/database/reader.h"
#include "terminal/value.h"

namespace forkdb {

// Checks the users of a filter (Filter::values) against those that databases
// have records of. Returns a message for each user without a record whom this
// system knows, and for each such uid. Throws UsageError, with the nearest
// recorded name, for a name that is neither recorded nor known.
std::vector<std::string> CheckUsers(const std::vector<Value>& users,
                                    const std::set<RecordedUser>& recorded);

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_KNOWN_USERS_H_
