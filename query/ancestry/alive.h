// The processes that were alive before a recording (the table alive), beside
// those that records made.

#ifndef FORKDB_QUERY_ANCESTRY_ALIVE_H_
#define FORKDB_QUERY_ANCESTRY_ALIVE_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>

#include "query/filter/filter.h"

namespace forkdb {

// A process is named by the id of the record that made it or, where none did,
// by minus the id of its row in alive.

// Makes the temporary table made (alive, record) anew: which rows of alive, of
// one boot, are of a process that a record made, too. Reads the blocks that can
// have such a record, each once.
void StoreMade(int64_t boot, SQLite::Database* database);

// The newest process with this pid in alive, of one boot or of all, unless the
// one that this record made is younger: else maker, which is 0 for none.
int64_t NewerAlive(int64_t pid, const std::optional<int64_t>& boot,
                   int64_t maker, SQLite::Database* database);

// Makes the temporary table wanted_id (criteria.h) anew: what descends
// from Filter::under or under_caller. A process's parent is whoever called for
// the record that made it or, if none did, its parent in alive.
void StoreUnder(const Filter& filter, SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_ALIVE_H_
