// The gaps table: numbers that the recorder never saw.

#ifndef FORKDB_RECORDER_INGEST_GAPS_H_
#define FORKDB_RECORDER_INGEST_GAPS_H_

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

// To be used inside a transaction. After an exception, make a new one. Not
// thread-safe; the database must outlive it.
class Gaps {
 public:
  explicit Gaps(SQLite::Database* database);

  void Insert(int64_t stream, const Gap& gap);

  // Whether last_seq ends a gap after which no record has come.
  bool IsOpen(int64_t stream, int64_t last_seq);

  // A record has come after last_seq: sets before_ns of the gap that ends there
  // and has none, and of those that end where such a gap begins.
  void Close(int64_t stream, int64_t last_seq, int64_t before_ns);

  // The time of the last record before the gap that holds the number; nothing
  // if there was none, or if no gap holds it.
  std::optional<int64_t> AfterNs(int64_t stream, int64_t seq);

  // Takes one number out of the gap that holds it: the gap shrinks, splits or
  // goes. Returns how many gaps more there are now (-1, 0 or 1); nothing if no
  // gap holds the number.
  std::optional<int> Fill(int64_t stream, int64_t seq, int64_t time_ns);

 private:
  struct Found {
    int64_t id = 0;
    Gap gap;
  };
  // The gap that holds the number.
  std::optional<Found> Find(int64_t stream, int64_t seq);

  SQLite::Statement insert_;
  SQLite::Statement find_;
  SQLite::Statement delete_;
  SQLite::Statement close_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_GAPS_H_
