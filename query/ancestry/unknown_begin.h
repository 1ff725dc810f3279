// Why it is not known how a process began.

#ifndef FORKDB_QUERY_ANCESTRY_UNKNOWN_BEGIN_H_
#define FORKDB_QUERY_ANCESTRY_UNKNOWN_BEGIN_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <string>

#include "terminal/value.h"

namespace forkdb {

// Inside one transaction. Not thread-safe; the database must outlive it.
class UnknownBegin {
 public:
  explicit UnknownBegin(SQLite::Database* database);

  // Says what can have kept the record of its creation out of the database, for
  // the process that made this call and has this start time (CLOCK_BOOTTIME).
  std::string Why(int64_t call, const Value& start_ns);

 private:
  SQLite::Statement gap_, downtime_, deleted_;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANCESTRY_UNKNOWN_BEGIN_H_
