// The processes that were alive before a recording, as trees.

#ifndef FORKDB_QUERY_ANCESTRY_ALIVE_FOREST_H_
#define FORKDB_QUERY_ANCESTRY_ALIVE_FOREST_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "query/filter/process.h"

namespace forkdb {

// Holds all of the table alive, of every boot. A row of a process that a record
// created stands for the process of that record.
class AliveForest {
 public:
  // Reads what StoreMade() reads, too. Inside one transaction.
  explicit AliveForest(SQLite::Database* database);

  // The process that made a call, by the call's stream; nothing if it was not
  // alive.
  std::optional<Process> Find(int64_t stream, int64_t tgid,
                              int64_t start_ns) const;

  // The parent of a process that no record created; nothing if there is none.
  std::optional<Process> ParentOf(const Process& process) const;

  // The processes below one that no record created, each before those below
  // itself.
  std::vector<Process> Below(const Process& process) const;

  // The processes above all others.
  const std::vector<Process>& roots() const { return roots_; }

 private:
  void ReadBoot(int64_t boot, SQLite::Database* database);

  std::unordered_map<int64_t, int64_t> boots_;  // by stream
  std::map<std::tuple<int64_t, int64_t, int64_t>, Process> processes_;
  std::unordered_map<Process, Process> parents_;
  std::unordered_map<Process, std::vector<Process>> children_;
  std::vector<Process> roots_;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_ALIVE_FOREST_H_
