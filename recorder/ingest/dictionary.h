// Small integers for what repeats from record to record.

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

// Finds or makes the rows of comms, users, flag_sets, signals, namespace_sets
// and errnos, and remembers their ids. To be used inside a transaction; after a
// rollback call Forget(), for the remembered rows may be gone.
//
// Processes can make up any number of names, flag sets and namespaces: of each
// kind the latest are remembered, some 5 MB all told. The others are looked up
// in the database. Not thread-safe; the database must outlive it.
class Dictionary {
 public:
  explicit Dictionary(SQLite::Database* database);

  int64_t Comm(const std::string& comm);
  int64_t User(uint32_t uid, const std::string& username);
  // Makes sure that the signal has its row, too.
  int64_t FlagSet(uint64_t flags, int32_t exit_signal);
  int64_t NamespaceSet(const Record& record);
  // Makes sure that the error has its row; ret is negative.
  void Errno(int32_t ret);

  void Forget();

 private:
  // At most twice as many of each kind are remembered.
  static constexpr size_t kGeneration = 8192;

  using NamespaceKey = std::array<int64_t, 4>;

  // Runs find; if there is no such row, insert and find. Both are bound.
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
