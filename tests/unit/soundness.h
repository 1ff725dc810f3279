// Checks that a database is consistent.

#ifndef FORKDB_TESTS_UNIT_SOUNDNESS_H_
#define FORKDB_TESTS_UNIT_SOUNDNESS_H_

#include <SQLiteCpp/Database.h>

namespace forkdb {

// Expects that each number of each stream is a row, in a gap, thinned or
// pruned; that all summaries match the records; that all references resolve;
// and that each name belongs to a record.
void ExpectSound(SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_TESTS_UNIT_SOUNDNESS_H_
