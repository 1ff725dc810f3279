#include "recorder/ingest/user_rows.h"

#include "recorder/ingest/run.h"

namespace forkdb {

UserRows::UserRows(Usernames* usernames, Dictionary* dictionary,
                   SQLite::Database* database)
    : usernames_(usernames),
      dictionary_(dictionary),
      // The last name. Prefers a name to a user id.
      find_named_(*database,
                  "SELECT id FROM users WHERE uid = ?1 AND is_answered "
                  "ORDER BY username = CAST(uid AS TEXT), id DESC LIMIT 1"),
      find_(*database,
            "SELECT id FROM users WHERE uid = ?1 AND NOT is_answered"),
      insert_(*database,
              "INSERT INTO users (uid, username, is_answered) "
              "VALUES (?1, CAST(?1 AS TEXT), 0)"),
      // Another recorder may have inserted a row with that name by now. Then
      // this row keeps the user id.
      name_(*database,
            "UPDATE OR IGNORE users SET username = ?2 "
            "WHERE uid = ?1 AND NOT is_answered"),
      settle_(*database, "UPDATE users SET is_answered = 1 WHERE uid = ?1"),
      name_alive_(*database,
                  "UPDATE alive SET username = ?2 "
                  "WHERE uid = ?1 AND username = CAST(?1 AS TEXT)") {
  SQLite::Statement all(
      *database, "SELECT uid FROM users WHERE NOT is_answered LIMIT 1000");
  while (all.executeStep()) usernames_->WaitFor(all.getColumn(0).getUInt());
}

void UserRows::FillIn() {
  unanswered_.clear();
  for (const uint32_t uid : usernames_->answered()) {
    for (SQLite::Statement* statement : {&name_, &settle_, &name_alive_}) {
      statement->bind(1, uid);
      if (statement != &settle_) {
        statement->bindNoCopy(2, *usernames_->Find(uid));
      }
      statement->exec();
      statement->reset();
    }
  }
}

int64_t UserRows::RowOf(uint32_t uid) {
  const std::string* username = usernames_->Find(uid);
  if (username != nullptr) return dictionary_->User(uid, *username);
  const auto [row, added] = unanswered_.try_emplace(uid, 0);
  if (!added) return row->second;
  std::optional<int64_t> id = FindInteger({uid}, &find_named_);
  if (!id) {
    usernames_->WaitFor(uid);
    id = FindInteger({uid}, &find_);
  }
  if (!id) {
    Run({uid}, &insert_);
    id = FindInteger({uid}, &find_);
  }
  return row->second = id.value();
}

void UserRows::Forget() {
  unanswered_.clear();
  for (SQLite::Statement* statement : {&find_named_, &find_, &insert_}) {
    statement->tryReset();
  }
}

}  // namespace forkdb
