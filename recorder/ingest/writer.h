// Puts batches into the database, in bounded transactions.

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

// What one transaction takes at most.
struct TransactionLimits {
  // A recorder feeds its watchdog and looks at signals between transactions.
  static constexpr std::chrono::seconds kRecorderTime{1};

  std::chrono::nanoseconds time = std::chrono::hours(24 * 365);
  size_t records = std::numeric_limits<size_t>::max();
};

// Takes each event of a batch through the stages: Sequencer decides whether it
// is new, RowSink stores it. A line that is not a record is stored once for its
// stream.
//
// Each Write() is one transaction. The stages read what they build on inside
// it: after an exception, nothing of it is stored.
//
// Two kinds of record are left out. One that the database refuses, by a CHECK
// or by an index or trigger that a user added, becomes a reject with SQLite's
// reason, and its number a gap. One that contradicts the record stored under
// its number ends the batch: what was read before it is stored. Not
// thread-safe; the database must outlive it.
class Writer {
 public:
  // path is for messages. Without usernames, which must outlive it, the writer
  // asks for them itself, and waits long.
  Writer(SQLite::Database* database, std::string path,
         Usernames* usernames = nullptr, TransactionLimits limits = {});
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Stores the batch, always of the same stream. If a limit is reached first,
  // the drain is not complete, and the batch keeps what is left: call Write()
  // again with it. Lines that are no records and final_seq are stored with the
  // last record. Throws DatabaseTrouble if the database cannot be written.
  // After a contradiction, the batch loses the records that were read after it;
  // the drain that stores the last of the others has Drain::contradiction.
  Drain Write(const Stream& stream, Batch* batch, int64_t now_ns);

  // Stores that all of the stream before this moment has been written. Throws
  // DatabaseTrouble if the database cannot be written.
  void MarkWatched(const Stream& stream, const ClockReading& watched);

  // To be called after tables were emptied.
  void Forget();

 private:
  struct Stages;

  // Runs work in a transaction. An exception takes the stages along, with all
  // that they remember of what was rolled back.
  void InTransaction(const Stream& stream,
                     const std::function<void(Stages*)>& work);
  // One transaction. is_careful tries first whether the database takes each
  // event. Throws SQLite::Exception, or Contradiction.
  Drain WriteOnce(const Stream& stream, bool is_careful, int64_t now_ns,
                  Batch* batch);
  // Stores events, which are in order, until there are no more or a limit is
  // reached. Returns how many.
  size_t StoreSome(const std::vector<Event>& order, bool is_careful,
                   int64_t now_ns, Stages* stages, Drain* drain);

  SQLite::Database* database_;
  std::string path_;
  TransactionLimits limits_;
  std::unique_ptr<Usernames> own_usernames_;
  Usernames* usernames_;
  std::unique_ptr<Stages> stages_;  // null before a transaction, and after
                                    // one that failed
  std::string contradiction_;       // in the batch that is being written
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_WRITER_H_
