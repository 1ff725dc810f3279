// Small integers for values that repeat from record to record.

#ifndef FORKDB_RECORDER_INGEST_DICTIONARY_H_
#define FORKDB_RECORDER_INGEST_DICTIONARY_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "recorder/ingest/recent_map.h"
#include "store/record.h"

namespace forkdb {

// Finds or inserts the rows of comms, users, flag_sets, signals, namespace_sets
// and errnos, and remembers their ids. Use it inside a transaction. After a
// rollback, call Forget(), because remembered rows may be gone.
//
// Processes can invent any number of names, flag sets and namespaces, so only
// the most recent of each kind are remembered: about 5 MB in all. The others
// are looked up in the database. Not thread-safe. The database must outlive it.
class Dictionary {
 public:
  explicit Dictionary(SQLite::Database* database);

  int64_t Comm(const std::string& comm);
  int64_t User(uint32_t uid, const std::string& username);
  // Also inserts a row for the signal if there is none.
  int64_t FlagSet(uint64_t flags, int32_t exit_signal);
  int64_t NamespaceSet(const Record& record);
  // Inserts a row for the error if there is none. ret is negative.
  void Errno(int32_t ret);

  void Forget();

 private:
  // At most twice this many rows of each kind are remembered.
  static constexpr size_t kGeneration = 8192;

  using NamespaceKey = std::array<int64_t, 4>;

  // Runs find. If there is no row, runs insert and find again. The parameters
  // of both must be bound.
  int64_t FindOrInsert(SQLite::Statement* find, SQLite::Statement* insert);

  SQLite::Statement find_comm_, insert_comm_;
  SQLite::Statement find_user_, insert_user_;
  SQLite::Statement find_flag_set_, insert_flag_set_;
  SQLite::Statement find_namespace_set_, insert_namespace_set_;
  SQLite::Statement insert_signal_;
  SQLite::Statement insert_errno_;

  RecentMap<std::unordered_map<std::string, int64_t>> comms_{kGeneration};
  RecentMap<std::map<std::pair<uint32_t, std::string>, int64_t>> users_{
      kGeneration};
  RecentMap<std::map<std::pair<uint64_t, int32_t>, int64_t>> flag_sets_{
      kGeneration};
  RecentMap<std::map<NamespaceKey, int64_t>> namespace_sets_{kGeneration};
  std::set<int32_t> errnos_;  // at most 4095
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_DICTIONARY_H_
