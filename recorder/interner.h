// Small integers for what repeats from record to record.

#ifndef FORKDB_RECORDER_INTERNER_H_
#define FORKDB_RECORDER_INTERNER_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "store/record.h"

namespace forkdb {

// Finds or makes the rows of comms, users, flag_sets, signals, namespace_sets
// and errnos, and remembers their ids. To be used inside a transaction; after a
// rollback call Forget(), for the remembered rows may be gone. Not thread-safe;
// the database must outlive it.
class Interner {
 public:
  explicit Interner(SQLite::Database* database);

  int64_t Comm(const std::string& comm);
  int64_t User(uint32_t uid, const std::string& username);
  // Makes sure that the signal has its row, too.
  int64_t FlagSet(uint64_t flags, int32_t exit_signal);
  int64_t NamespaceSet(const Record& record);
  // Makes sure that the error has its row; ret is negative.
  void Errno(int32_t ret);

  void Forget();

 private:
  using NamespaceKey = std::array<int64_t, 4>;

  // Runs find; if there is no such row, insert and find. Both are bound.
  int64_t FindOrInsert(SQLite::Statement* find, SQLite::Statement* insert);

  SQLite::Statement find_comm_, insert_comm_;
  SQLite::Statement find_user_, insert_user_;
  SQLite::Statement find_flag_set_, insert_flag_set_;
  SQLite::Statement find_namespace_set_, insert_namespace_set_;
  SQLite::Statement insert_signal_;
  SQLite::Statement insert_errno_;

  std::unordered_map<std::string, int64_t> comms_;
  std::map<std::pair<uint32_t, std::string>, int64_t> users_;
  std::map<std::pair<uint64_t, int32_t>, int64_t> flag_sets_;
  std::map<NamespaceKey, int64_t> namespace_sets_;
  std::set<int32_t> errnos_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INTERNER_H_
