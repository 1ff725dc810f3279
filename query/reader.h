// Asking the database.

#ifndef FORKDB_QUERY_READER_H_
#define FORKDB_QUERY_READER_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "query/filter.h"
#include "store/output.h"

namespace forkdb {

// A database opened for reading. Whatever SQL it is given, it does nothing but
// read. Not thread-safe.
class Reader {
 public:
  // Throws Error if there is no such database.
  explicit Reader(std::string path);

  // The id of the boots row that text names: "0" the latest boot, "-1" the one
  // before it, or a boot_id or the unambiguous start of one. Throws UsageError.
  int64_t FindBoot(const std::string& text);

  // Prints the answer. Throws UsageError if the SQL is wrong or would do more
  // than read, Error if the database cannot be read.
  void Print(const Question& question, Format format, std::FILE* stream);

 private:
  std::string path_;
  SQLite::Database database_;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_READER_H_
