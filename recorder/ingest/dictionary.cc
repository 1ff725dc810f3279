#include "recorder/ingest/dictionary.h"

#include "base/escape.h"
#include "store/decode.h"

namespace forkdb {
namespace {

void BindComm(const std::string& comm, SQLite::Statement* statement) {
  if (IsUtf8(comm)) {
    statement->bindNoCopy(1, comm);
  } else {
    statement->bindNoCopy(1, comm.data(), static_cast<int>(comm.size()));
  }
}

}  // namespace

Dictionary::Dictionary(SQLite::Database* database)
    : find_comm_(*database, "SELECT id FROM comms WHERE comm = ?1"),
      insert_comm_(*database, "INSERT INTO comms (comm) VALUES (?1)"),
      find_user_(*database,
                 "SELECT id FROM users WHERE uid = ?1 AND username = ?2"),
      insert_user_(*database,
                   "INSERT INTO users (uid, username) VALUES (?1, ?2)"),
      find_flag_set_(*database,
                     "SELECT id FROM flag_sets WHERE flags = ?1 AND "
                     "exit_signal = ?2"),
      insert_flag_set_(*database,
                       "INSERT INTO flag_sets (flags, exit_signal, names) "
                       "VALUES (?1, ?2, nullif(?3, ''))"),
      find_namespace_set_(
          *database,
          "SELECT id FROM namespace_sets WHERE pid_ns = ?1 AND user_ns = ?2 "
          "AND ifnull(child_pid_ns, -1) = ?3 "
          "AND ifnull(child_user_ns, -1) = ?4"),
      insert_namespace_set_(
          *database,
          "INSERT INTO namespace_sets (pid_ns, user_ns, child_pid_ns, "
          "child_user_ns) VALUES (?1, ?2, nullif(?3, -1), nullif(?4, -1))"),
      insert_signal_(
          *database,
          "INSERT INTO signals (exit_signal, signal) VALUES (?1, ?2) "
          "ON CONFLICT DO NOTHING"),
      insert_errno_(*database,
                    "INSERT INTO errnos (ret, errno, description) "
                    "VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING") {}

int64_t Dictionary::FindOrInsert(SQLite::Statement* find,
                                 SQLite::Statement* insert) {
  if (!find->executeStep()) {
    insert->exec();
    insert->reset();
    find->reset();
    find->executeStep();
  }
  const int64_t id = find->getColumn(0).getInt64();
  find->reset();
  return id;
}

int64_t Dictionary::Comm(const std::string& comm) {
  if (const int64_t* known = comms_.Find(comm)) return *known;
  BindComm(comm, &find_comm_);
  BindComm(comm, &insert_comm_);
  return *comms_.Insert(comm, FindOrInsert(&find_comm_, &insert_comm_));
}

int64_t Dictionary::User(uint32_t uid, const std::string& username) {
  const std::pair<uint32_t, std::string> key = {uid, username};
  if (const int64_t* known = users_.Find(key)) return *known;
  for (SQLite::Statement* statement : {&find_user_, &insert_user_}) {
    statement->bind(1, uid);
    statement->bindNoCopy(2, username);
  }
  return *users_.Insert(key, FindOrInsert(&find_user_, &insert_user_));
}

int64_t Dictionary::FlagSet(uint64_t flags, int32_t exit_signal) {
  const std::pair<uint64_t, int32_t> key = {flags, exit_signal};
  if (const int64_t* known = flag_sets_.Find(key)) return *known;
  for (SQLite::Statement* statement : {&find_flag_set_, &insert_flag_set_}) {
    statement->bind(1, static_cast<int64_t>(flags));
    statement->bind(2, exit_signal);
  }
  insert_flag_set_.bind(3, CloneFlagNames(flags));
  if (exit_signal != 0) {
    insert_signal_.bind(1, exit_signal);
    insert_signal_.bind(2, SignalName(exit_signal));
    insert_signal_.exec();
    insert_signal_.reset();
  }
  return *flag_sets_.Insert(key,
                            FindOrInsert(&find_flag_set_, &insert_flag_set_));
}

int64_t Dictionary::NamespaceSet(const Record& record) {
  const bool failed = record.failed();
  const NamespaceKey key = {record.pid_ns, record.user_ns,
                            failed ? -1 : int64_t{record.child_pid_ns},
                            failed ? -1 : int64_t{record.child_user_ns}};
  if (const int64_t* known = namespace_sets_.Find(key)) return *known;
  for (SQLite::Statement* statement :
       {&find_namespace_set_, &insert_namespace_set_}) {
    for (int i = 0; i < 4; ++i) {
      statement->bind(i + 1, key[static_cast<size_t>(i)]);
    }
  }
  return *namespace_sets_.Insert(
      key, FindOrInsert(&find_namespace_set_, &insert_namespace_set_));
}

void Dictionary::Errno(int32_t ret) {
  if (!errnos_.insert(ret).second) return;
  insert_errno_.bind(1, ret);
  insert_errno_.bind(2, ErrnoName(-ret));
  insert_errno_.bind(3, ErrnoDescription(-ret));
  insert_errno_.exec();
  insert_errno_.reset();
}

void Dictionary::Forget() {
  comms_.Clear();
  users_.Clear();
  flag_sets_.Clear();
  namespace_sets_.Clear();
  errnos_.clear();
  for (SQLite::Statement* statement :
       {&find_comm_, &insert_comm_, &find_user_, &insert_user_, &find_flag_set_,
        &insert_flag_set_, &find_namespace_set_, &insert_namespace_set_,
        &insert_signal_, &insert_errno_}) {
    statement->tryReset();
  }
}

}  // namespace forkdb
