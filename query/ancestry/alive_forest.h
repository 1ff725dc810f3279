// The processes that were alive before a recording, as trees.

#ifndef FORKDB_QUERY_ANCESTRY_ALIVE_FOREST_H_
#define FORKDB_QUERY_ANCESTRY_ALIVE_FOREST_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace forkdb {

// Processes are named as in alive.h: by the record that made them, else
// by minus the id of their row in alive. Holds all of that table, of every
// boot.
class AliveForest {
 public:
  // Reads what StoreMade() reads, too. Inside one transaction.
  explicit AliveForest(SQLite::Database* database);

  // The process that made a call, by the call's stream; 0 if it was not alive.
  int64_t Find(int64_t stream, int64_t tgid, int64_t start_ns) const;

  // A row's parent, 0 if there is none.
  int64_t ParentOf(int64_t process) const;

  // The rows below a process, those that no record made: each before what is
  // below it.
  std::vector<int64_t> Below(int64_t process) const;

  // The processes above all others.
  const std::vector<int64_t>& roots() const { return roots_; }

 private:
  void ReadBoot(int64_t boot, SQLite::Database* database);

  std::unordered_map<int64_t, int64_t> boots_;  // by stream
  std::map<std::tuple<int64_t, int64_t, int64_t>, int64_t> processes_;
  std::unordered_map<int64_t, int64_t> parents_;
  std::unordered_map<int64_t, std::vector<int64_t>> children_;
  std::vector<int64_t> roots_;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_ALIVE_FOREST_H_
