// A process of a tree, and who stands above and below it.

#ifndef FORKDB_QUERY_ANCESTRY_RELATIVES_H_
#define FORKDB_QUERY_ANCESTRY_RELATIVES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "query/ancestry/tree.h"
#include "query/ancestry/unknown_begin.h"
#include "query/filter/process.h"
#include "terminal/value.h"

namespace forkdb {

// Reads one process at a time. The table made (alive.h) must be there. Inside
// one transaction. Not thread-safe; the database must outlive it.
class Relatives {
 public:
  struct Counts {
    int64_t processes = 0;
    int64_t threads = 0;
    int64_t failed = 0;
  };

  explicit Relatives(SQLite::Database* database);

  // Whether anything is known of it.
  bool Has(const Process& process);

  // The process, as far as it is no matter of its place in a tree.
  TreeNode Read(const Process& process);

  // Who called for it, or its parent in alive; nothing if that is not known.
  std::optional<Process> FindAbove(const Process& process);
  // Whether nothing is above it: it is the first process.
  bool IsTop(const Process& process);
  // The one above it where it is not known, by its pid.
  TreeNode UnknownAbove(const Process& process);

  // Its calls.
  Counts Count(const Process& process);
  // Its children, oldest first: those in alive that no record created, and of
  // its calls so many, with threads and failed calls if the options say so.
  std::vector<Process> AliveChildren(const Process& process);
  std::vector<Process> Children(const Process& process,
                                const TreeOptions& options, int64_t limit);

 private:
  // The statements on the calls of one kind of process.
  struct Calls {
    Calls(Process::Kind kind, SQLite::Database* database);

    SQLite::Statement last, last_of_thread, children, count;
  };

  // One row, empty if there is none.
  static Row First(const Row& values, SQLite::Statement* statement);
  static std::vector<Process> All(Process::Kind kind, const Row& values,
                                  SQLite::Statement* statement);
  // The process of a row with its record and its row in alive.
  static std::optional<Process> Find(const Row& values,
                                     SQLite::Statement* statement);
  // How the process began, empty if that is not known.
  Row ReadBegin(const Process& process);
  // The last call of its main thread or, if that made none, of any thread;
  // empty if there is none.
  Row ReadLastCall(const Process& process);
  Calls& CallsOf(const Process& process) { return calls_[IndexOf(process)]; }

  std::array<Calls, kProcessKinds> calls_;
  SQLite::Statement record_, alive_, caller_, alive_parent_, alive_children_;
  UnknownBegin unknown_begin_;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_RELATIVES_H_
