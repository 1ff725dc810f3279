#include "recorder/ingest/user_rows.h"

namespace forkdb {

UserRows::UserRows(SQLite::Database* database)
    : last_known_(*database,
                  "SELECT username FROM users WHERE uid = ?1 AND is_answered "
                  "ORDER BY username = CAST(uid AS TEXT), id DESC LIMIT 1"),
      find_(*database,
            "SELECT id FROM users WHERE uid = ?1 AND NOT is_answered"),
      insert_(*database,
              "INSERT INTO users (uid, username, is_answered) "
              "VALUES (?1, CAST(?1 AS TEXT), 0)"),
      all_(*database, "SELECT uid FROM users WHERE NOT is_answered LIMIT 1000"),
      // Another recorder may have made the row of that name by now: then the
      // number stays.
      name_(*database,
            "UPDATE OR IGNORE users SET username = ?2 "
            "WHERE uid = ?1 AND NOT is_answered"),
      settle_(*database, "UPDATE users SET is_answered = 1 WHERE uid = ?1"),
      name_alive_(*database,
                  "UPDATE alive SET username = ?2 "
                  "WHERE uid = ?1 AND username = CAST(?1 AS TEXT)") {}

std::optional<std::string> UserRows::LastKnown(uint32_t uid) {
  last_known_.bind(1, uid);
  std::optional<std::string> username;
  if (last_known_.executeStep()) {
    username = last_known_.getColumn(0).getString();
  }
  last_known_.reset();
  return username;
}

int64_t UserRows::Unanswered(uint32_t uid) {
  find_.bind(1, uid);
  if (!find_.executeStep()) {
    insert_.bind(1, uid);
    insert_.exec();
    insert_.reset();
    find_.reset();
    find_.executeStep();
  }
  const int64_t id = find_.getColumn(0).getInt64();
  find_.reset();
  return id;
}

std::vector<uint32_t> UserRows::AllUnanswered() {
  std::vector<uint32_t> uids;
  while (all_.executeStep()) uids.push_back(all_.getColumn(0).getUInt());
  all_.reset();
  return uids;
}

void UserRows::FillIn(uint32_t uid, const std::string& username) {
  for (SQLite::Statement* statement : {&name_, &settle_, &name_alive_}) {
    statement->bind(1, uid);
    if (statement != &settle_) statement->bindNoCopy(2, username);
    statement->exec();
    statement->reset();
  }
}

void UserRows::Reset() {
  for (SQLite::Statement* statement : {&last_known_, &find_, &insert_, &all_,
                                       &name_, &settle_, &name_alive_}) {
    statement->tryReset();
  }
}

}  // namespace forkdb
