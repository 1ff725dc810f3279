// The gaps table: numbers that the recorder never saw.

#ifndef FORKDB_RECORDER_GAPS_H_
#define FORKDB_RECORDER_GAPS_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>

namespace forkdb {

// Both ends included. Times are of the records on both sides.
struct Gap {
  int64_t first_seq = 0;
  int64_t last_seq = 0;
  int64_t noticed_ns = 0;
  std::optional<int64_t> after_ns;
  std::optional<int64_t> before_ns;

  int64_t missing() const { return last_seq - first_seq + 1; }
};

// To be used inside a transaction. Not thread-safe; the database must outlive
// it.
class Gaps {
 public:
  explicit Gaps(SQLite::Database* database);

  void Insert(int64_t stream, const Gap& gap);

  // Takes one number out of the gap that holds it: the gap shrinks, splits or
  // goes. Returns false if no gap holds the number.
  bool Fill(int64_t stream, int64_t seq, int64_t time_ns);

  // Makes it usable again after an exception.
  void Reset();

 private:
  SQLite::Statement insert_;
  SQLite::Statement find_;
  SQLite::Statement delete_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_GAPS_H_
