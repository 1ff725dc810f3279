// Reads processes of any boot, one by one.

#ifndef FORKDB_QUERY_ANCESTRY_PROCESS_READER_H_
#define FORKDB_QUERY_ANCESTRY_PROCESS_READER_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>

#include "query/ancestry/tree.h"
#include "query/filter/process.h"

namespace forkdb {

// Rebuilds the table made (alive.h) when the boot changes. Inside one
// transaction. Not thread-safe; the database must outlive it.
class ProcessReader {
 public:
  explicit ProcessReader(SQLite::Database* database) : database_(database) {}

  TreeNode Read(const Process& process);

  // "2025-…Z  30 make  id 1000000000002  root", unescaped but one line: a
  // newline in a name is a question mark. The time is that of its creation or,
  // where that is not known, the other one.
  std::string DescribeLine(const Process& process, const std::string& time);

  // "30 make (id 1000000000002)", unescaped.
  std::string Describe(const Process& process);

  // Whoever made the call.
  Process CallerOf(int64_t call);

  // The process of a row of the table alive, which a record may have created.
  Process OfAlive(int64_t row);

 private:
  void StoreMadeOf(const Process& process);

  SQLite::Database* database_;
  std::optional<int64_t> boot_;  // of the table made
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_PROCESS_READER_H_
