// The rows of the table users, also of users whose names are not known yet.

#ifndef FORKDB_RECORDER_INGEST_USER_ROWS_H_
#define FORKDB_RECORDER_INGEST_USER_ROWS_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <unordered_map>

#include "recorder/ingest/dictionary.h"
#include "recorder/ingest/usernames.h"

namespace forkdb {

// A user whom the system has not named keeps the last name in the database. A
// user without one gets a row with the number as its name, until FillIn(). To
// be used inside a transaction. Not thread-safe; usernames, dictionary and
// database must outlive it.
class UserRows {
 public:
  // Makes usernames ask for the users of at most 1000 rows that wait for their
  // names.
  UserRows(Usernames* usernames, Dictionary* dictionary,
           SQLite::Database* database);

  // Call first in each transaction: gives the names that the system has
  // answered to the users' records, and to their processes in the table alive.
  void FillIn();

  // The id of the user's row, which is inserted if it is not there.
  int64_t RowOf(uint32_t uid);

  // Forgets the ids of rows that may be gone, also because of an exception.
  void Forget();

 private:
  Usernames* usernames_;
  Dictionary* dictionary_;
  SQLite::Statement find_named_, find_, insert_, name_, settle_, name_alive_;
  // Rows of users without an answer, in this transaction.
  std::unordered_map<uint32_t, int64_t> unanswered_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_USER_ROWS_H_
