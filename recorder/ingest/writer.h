// Writes batches into the database, in bounded transactions.

#ifndef FORKDB_RECORDER_INGEST_WRITER_H_
#define FORKDB_RECORDER_INGEST_WRITER_H_

#include <SQLiteCpp/Database.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "recorder/ingest/drains.h"
#include "recorder/ingest/usernames.h"
#include "recorder/source/event.h"
#include "recorder/source/source.h"

namespace forkdb {

// The limits of one transaction.
struct TransactionLimits {
  // A recorder feeds the watchdog and handles signals between transactions.
  static constexpr std::chrono::seconds kRecorderTime{1};

  std::chrono::nanoseconds time = std::chrono::hours(24 * 365);
  size_t records = std::numeric_limits<size_t>::max();
};

// Passes each event of a batch through the stages: Sequencer decides whether it
// is new, and RowSink stores it. A rejected line is stored once per stream.
//
// Each Write() is one transaction. The stages read the database inside it.
// After an exception, nothing of the batch is stored.
//
// Two kinds of record are not stored. A record that the database refuses,
// because of a CHECK or an index or trigger that a user added, becomes a reject
// with SQLite's reason, and its number becomes a gap. A record that contradicts
// the stored record with the same number ends the batch; the records read
// before it are stored. Not thread-safe. The database must outlive it.
class Writer {
 public:
  // path is for messages. usernames must outlive the writer. Without usernames,
  // the writer makes its own, which waits up to 10 s for names.
  Writer(SQLite::Database* database, std::string path,
         Usernames* usernames = nullptr, TransactionLimits limits = {});
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Stores the batch. The stream must be the same in each call. If a limit is
  // reached first, the drain is not complete and the batch keeps the rest: call
  // Write() again. Rejected lines and final_seq are stored with the last
  // record. now_ns is CLOCK_REALTIME. Throws DatabaseTrouble if the database
  // cannot be written. After a contradiction, drops the records that were read
  // after it; the drain that stores the last of the others has
  // Drain::contradiction.
  Drain Write(const Stream& stream, Batch* batch, int64_t now_ns);

  // Stores that all calls of the stream before this moment are stored. Throws
  // DatabaseTrouble if the database cannot be written.
  void MarkWatched(const Stream& stream, const ClockReading& watched);

  // Call it after tables were emptied.
  void Forget();

 private:
  struct Stages;

  // Runs work in a transaction. After an exception, deletes the stages, because
  // they remember rows that were rolled back.
  void InTransaction(const Stream& stream,
                     const std::function<void(Stages*)>& work);
  // One transaction. If is_careful, tries each event first, to find those that
  // the database refuses. Throws SQLite::Exception or Contradiction.
  Drain WriteOnce(const Stream& stream, bool is_careful, int64_t now_ns,
                  Batch* batch);
  // Stores events in this order until a limit is reached. Returns how many it
  // stored.
  size_t StoreSome(const std::vector<Event>& order, bool is_careful,
                   int64_t now_ns, Stages* stages, Drain* drain);

  SQLite::Database* database_;
  std::string path_;
  TransactionLimits limits_;
  std::unique_ptr<Usernames> own_usernames_;
  Usernames* usernames_;
  // Null before the first transaction, and after one that failed.
  std::unique_ptr<Stages> stages_;
  std::string contradiction_;  // in the current batch
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_WRITER_H_
