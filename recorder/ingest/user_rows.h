// The table users, where the system has not said yet who a user is.

#ifndef FORKDB_RECORDER_INGEST_USER_ROWS_H_
#define FORKDB_RECORDER_INGEST_USER_ROWS_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace forkdb {

// To be used inside a transaction. Not thread-safe; the database must outlive
// it.
class UserRows {
 public:
  explicit UserRows(SQLite::Database* database);

  // The user's last name here, if it ever had an answer; a name rather than the
  // number.
  std::optional<std::string> LastKnown(uint32_t uid);

  // The id of a row that FillIn() will name, made if it is not there.
  int64_t Unanswered(uint32_t uid);

  // The users of such rows, at most 1000.
  std::vector<uint32_t> AllUnanswered();

  // Names the user's records, and its processes in the table alive, that have
  // been without an answer.
  void FillIn(uint32_t uid, const std::string& username);

  // Makes it usable again after an exception.
  void Reset();

 private:
  SQLite::Statement last_known_, find_, insert_, all_, name_, settle_,
      name_alive_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_USER_ROWS_H_
