#include "recorder/interner.h"

#include "store/decode.h"
#include "store/escape.h"

namespace forkdb {
namespace {

// Command names come from processes, which can make up any number of them.
constexpr size_t kMaxRemembered = 100'000;

void BindComm(const std::string& comm, SQLite::Statement* statement) {
  if (IsUtf8(comm)) {
    statement->bindNoCopy(1, comm);
  } else {
    statement->bindNoCopy(1, comm.data(), static_cast<int>(comm.size()));
  }
}

}  // namespace

Interner::Interner(SQLite::Database* database)
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

int64_t Interner::FindOrInsert(SQLite::Statement* find,
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

int64_t Interner::Comm(const std::string& comm) {
  if (comms_.size() > kMaxRemembered) comms_.clear();
  const auto [entry, added] = comms_.try_emplace(comm, 0);
  if (added) {
    BindComm(comm, &find_comm_);
    BindComm(comm, &insert_comm_);
    entry->second = FindOrInsert(&find_comm_, &insert_comm_);
  }
  return entry->second;
}

int64_t Interner::User(uint32_t uid, const std::string& username) {
  const auto [entry, added] = users_.try_emplace({uid, username}, 0);
  if (added) {
    for (SQLite::Statement* statement : {&find_user_, &insert_user_}) {
      statement->bind(1, uid);
      statement->bindNoCopy(2, username);
    }
    entry->second = FindOrInsert(&find_user_, &insert_user_);
  }
  return entry->second;
}

int64_t Interner::FlagSet(uint64_t flags, int32_t exit_signal) {
  const auto [entry, added] = flag_sets_.try_emplace({flags, exit_signal}, 0);
  if (added) {
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
    entry->second = FindOrInsert(&find_flag_set_, &insert_flag_set_);
  }
  return entry->second;
}

int64_t Interner::NamespaceSet(const Record& record) {
  if (namespace_sets_.size() > kMaxRemembered) namespace_sets_.clear();
  const bool failed = record.failed();
  const NamespaceKey key = {record.pid_ns, record.user_ns,
                            failed ? -1 : int64_t{record.child_pid_ns},
                            failed ? -1 : int64_t{record.child_user_ns}};
  const auto [entry, added] = namespace_sets_.try_emplace(key, 0);
  if (added) {
    for (SQLite::Statement* statement :
         {&find_namespace_set_, &insert_namespace_set_}) {
      for (int i = 0; i < 4; ++i) {
        statement->bind(i + 1, key[static_cast<size_t>(i)]);
      }
    }
    entry->second = FindOrInsert(&find_namespace_set_, &insert_namespace_set_);
  }
  return entry->second;
}

void Interner::Errno(int32_t ret) {
  if (!errnos_.insert(ret).second) return;
  insert_errno_.bind(1, ret);
  insert_errno_.bind(2, ErrnoName(-ret));
  insert_errno_.bind(3, ErrnoDescription(-ret));
  insert_errno_.exec();
  insert_errno_.reset();
}

void Interner::Forget() {
  comms_.clear();
  users_.clear();
  flag_sets_.clear();
  namespace_sets_.clear();
  errnos_.clear();
  for (SQLite::Statement* statement :
       {&find_comm_, &insert_comm_, &find_user_, &insert_user_, &find_flag_set_,
        &insert_flag_set_, &find_namespace_set_, &insert_namespace_set_,
        &insert_signal_, &insert_errno_}) {
    statement->tryReset();
  }
}

}  // namespace forkdb
