// Puts batches into the database, in transactions of a bounded time.

#ifndef FORKDB_RECORDER_INGEST_WRITER_H_
#define FORKDB_RECORDER_INGEST_WRITER_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "recorder/ingest/backfill.h"
#include "recorder/ingest/block_summaries.h"
#include "recorder/ingest/caller_index.h"
#include "recorder/ingest/dictionary.h"
#include "recorder/ingest/drains.h"
#include "recorder/ingest/gaps.h"
#include "recorder/ingest/inserter.h"
#include "recorder/ingest/parent_lookup.h"
#include "recorder/ingest/user_rows.h"
#include "recorder/ingest/usernames.h"
#include "recorder/source/source.h"

namespace forkdb {

// A record is stored once: what the stream's next_seq is past, and no gap
// holds, is a duplicate. So a source can be read again from its start at any
// time, by this recorder, a later one, or another at the same time. A record
// that arrives late is taken out of its gap. A line that is not a record is
// stored once for its stream.
//
// Each Write() is one transaction that reads what it builds on (next_seq, gaps)
// inside it: after an exception, nothing of it is stored.
//
// Two kinds of record are left out. One that the database refuses, by a CHECK
// or by an index or trigger that a user added, becomes a reject with SQLite's
// reason, and its number a gap. One that contradicts the record stored under
// its number ends the batch: what was read before it is stored. Not
// thread-safe; the database must outlive it.
class Writer {
 public:
  // For a recorder: its watchdog is fed, and signals are looked at, between two
  // transactions.
  static constexpr std::chrono::seconds kTransactionTime{1};
  static constexpr std::chrono::hours kAnyTime{24 * 365};

  // path is for messages. Without usernames, which must outlive it, the writer
  // asks for them itself, and waits long. A transaction takes no more records
  // once transaction_time is over.
  Writer(SQLite::Database* database, std::string path,
         Usernames* usernames = nullptr,
         std::chrono::nanoseconds transaction_time = kAnyTime);

  // Stores the batch. If time runs out first, the drain is not complete, and
  // the batch keeps what is left: call Write() again with it. Lines that are no
  // records and final_seq are stored with the last record. Throws
  // DatabaseTrouble if the database cannot be written. After a contradiction
  // (Drain::contradiction) the batch has only the records that were read before
  // it, all of them stored.
  Drain Write(const Stream& stream, Batch* batch, int64_t now_ns);

  // To be called after all tables but boots, streams and gaps were emptied.
  void Forget();
  // Stores that all of the stream before this moment has been written. Throws
  // DatabaseTrouble if the database cannot be written.
  void MarkWatched(const Stream& stream, const ClockReading& watched);

 private:
  // What the database refuses of a batch, and why.
  using Refused = std::unordered_map<const Record*, std::string>;
  // A batch's records by their numbers; of one number, as they were read.
  using Order = std::vector<const Record*>;

  // One transaction, which takes no more records once time is over; these leave
  // the batch. Throws SQLite::Exception, or Contradiction.
  Drain WriteOnce(const Stream& stream, const Refused& refused,
                  std::chrono::nanoseconds time, int64_t now_ns, Batch* batch);
  // Tries each record in a savepoint of its own, and takes all back. Throws
  // SQLite::Exception for what is no record's fault.
  Refused FindRefused(const Stream& stream, const Order& order);
  // To be called in a transaction, first.
  void Begin(const Stream& stream);
  // Forgets all that a rollback has taken back.
  void Reset();
  void Attach(const Stream& stream);
  void UpdateStream(const std::optional<ClockReading>& watched);
  int64_t UserOf(uint32_t uid);
  // Names the users that have been without an answer.
  void FillInUsers();
  RecordRow MakeRow(const Record& record);
  // Stores records in their order until there are no more or time is over.
  // Returns how many.
  size_t StoreSome(const Order& order, const Refused& refused,
                   std::chrono::nanoseconds time, int64_t now_ns, Drain* drain);
  void Store(const Record& record, Drain* drain);
  void StoreLate(const Record& record, Drain* drain);
  // Of the numbers from next_seq_ to last_seq.
  void NoteGap(int64_t last_seq, std::optional<int64_t> before_ns,
               int64_t now_ns, Drain* drain);
  void NoteMissed(const MissedCalls& missed, Drain* drain);
  // Throws Contradiction.
  void CheckSame(const Record& record);
  int64_t OpenBlock() const;
  // Closes the open block if the stream goes past it with this number.
  void CloseBlockBefore(int64_t seq);
  // Brings those up to date that were closed before they got a record.
  void CorrectBlocks(const Drain& drain);
  // Reads what it builds on; what others did since the last time makes the
  // caches anew.
  void Synchronise();
  std::optional<int64_t> TimeOf(int64_t seq);

  SQLite::Database* database_;
  std::string path_;
  std::chrono::nanoseconds transaction_time_;
  Dictionary dictionary_;
  Gaps gaps_;
  BlockSummaries blocks_;
  ParentLookup parents_;
  CallerIndex calls_;
  Backfill backfill_;
  Drains drains_;
  UserRows user_rows_;
  std::unique_ptr<Usernames> own_usernames_;
  Usernames* usernames_;
  // Rows of users without an answer, in this transaction.
  std::unordered_map<uint32_t, int64_t> unknown_users_;
  Inserter inserter_;
  SQLite::Statement find_time_;
  SQLite::Statement find_next_seq_;
  SQLite::Statement update_stream_;
  SQLite::Statement insert_missed_;

  int64_t stream_id_ = 0;     // 0 until attached
  int64_t next_seq_ = 0;      // 0 until read
  bool gap_is_open_ = false;  // the number before it ends a gap
  // Numbers pruned and numbers thinned, of all streams.
  std::pair<int64_t, int64_t> pruned_;
  std::set<int64_t> late_blocks_;  // that this drain stored into
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_WRITER_H_
