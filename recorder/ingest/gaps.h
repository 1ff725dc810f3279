// Reads and writes the table gaps: numbers that the recorder never saw.

#ifndef FORKDB_RECORDER_INGEST_GAPS_H_
#define FORKDB_RECORDER_INGEST_GAPS_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>

namespace forkdb {

// A range of missing numbers, both ends included. after_ns and before_ns are
// the times of the records on both sides, if they have come.
struct Gap {
  int64_t first_seq = 0;
  int64_t last_seq = 0;
  int64_t noticed_ns = 0;
  std::optional<int64_t> after_ns;
  std::optional<int64_t> before_ns;

  int64_t missing() const { return last_seq - first_seq + 1; }
};

// Use it inside a transaction. After an exception, make a new one. Not
// thread-safe. The database must outlive it.
class Gaps {
 public:
  explicit Gaps(SQLite::Database* database);

  void Insert(int64_t stream, const Gap& gap);

  // Whether last_seq is the end of a gap after which no record has come yet.
  bool IsOpen(int64_t stream, int64_t last_seq);

  // Call it when a record has come after last_seq. Sets before_ns of the gap
  // that ends there if it has none, and likewise of the gaps that adjoin that
  // gap.
  void Close(int64_t stream, int64_t last_seq, int64_t before_ns);

  // Returns the time of the last record before the gap that contains the
  // number. Returns nullopt if there is no such record or no such gap.
  std::optional<int64_t> AfterNs(int64_t stream, int64_t seq);

  // Removes one number from the gap that contains it: the gap shrinks, splits
  // or vanishes. Returns the change in the number of gaps (-1, 0 or 1), or
  // nullopt if no gap contains the number. time_ns is the time of the record.
  std::optional<int> Fill(int64_t stream, int64_t seq, int64_t time_ns);

 private:
  struct Found {
    int64_t id = 0;
    Gap gap;
  };
  // Returns the gap that contains the number.
  std::optional<Found> Find(int64_t stream, int64_t seq);

  SQLite::Statement insert_;
  SQLite::Statement find_;
  SQLite::Statement delete_;
  SQLite::Statement close_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_GAPS_H_
