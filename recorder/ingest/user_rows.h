// Finds or inserts rows of the table users, also for users whose names are not
// known yet.

#ifndef FORKDB_RECORDER_INGEST_USER_ROWS_H_
#define FORKDB_RECORDER_INGEST_USER_ROWS_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <unordered_map>

#include "recorder/ingest/dictionary.h"
#include "recorder/ingest/usernames.h"

namespace forkdb {

// While the system has not answered, a user keeps the last name in the
// database. A user who has none gets a row with the user id as a name, until
// FillIn() replaces it. Use it inside a transaction. Not thread-safe.
// usernames, dictionary and database must outlive it.
class UserRows {
 public:
  // Makes usernames ask for the users of at most 1000 rows that have no name
  // yet.
  UserRows(Usernames* usernames, Dictionary* dictionary,
           SQLite::Database* database);

  // Call it first in each transaction. Writes the names that the system has
  // answered into the users' rows, and into their rows in the table alive.
  void FillIn();

  // Returns the id of the user's row. Inserts the row if there is none.
  int64_t RowOf(uint32_t uid);

  // Forgets the ids of all rows. Call it when rows may be gone, also after an
  // exception.
  void Forget();

 private:
  Usernames* usernames_;
  Dictionary* dictionary_;
  SQLite::Statement find_named_, find_, insert_, name_, settle_, name_alive_;
  // Rows of users whom the system has not named, in this transaction.
  std::unordered_map<uint32_t, int64_t> unanswered_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_USER_ROWS_H_
