// What must hold in every database.

#ifndef FORKDB_TESTS_UNIT_SOUNDNESS_H_
#define FORKDB_TESTS_UNIT_SOUNDNESS_H_

#include <SQLiteCpp/Database.h>

namespace forkdb {

// Expects that each number of each stream is a row, in a gap, thinned or
// pruned, that all summaries say what the records say, that nothing refers to
// what is not there, and that no name is kept that no record has.
void ExpectSound(SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_TESTS_UNIT_SOUNDNESS_H_
