// Stores events: converts them to rows, inserts the rows and summarises them.

#ifndef FORKDB_RECORDER_INGEST_ROW_SINK_H_
#define FORKDB_RECORDER_INGEST_ROW_SINK_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <set>

#include "recorder/ingest/backfill.h"
#include "recorder/ingest/block_summaries.h"
#include "recorder/ingest/caller_index.h"
#include "recorder/ingest/inserter.h"
#include "recorder/ingest/resolver.h"
#include "recorder/source/event.h"
#include "recorder/source/source.h"

namespace forkdb {

// Stores the events of one stream that a Sequencer found to be new or late. For
// a call, Resolver makes the row, Inserter stores it, and BlockSummaries and
// CallerIndex summarise it. Use it inside a transaction. After an exception,
// make a new one. Not thread-safe. usernames and database must outlive it.
class RowSink {
 public:
  // Closes the open blocks of all other streams.
  RowSink(const StreamRow& stream, Usernames* usernames,
          SQLite::Database* database);

  // Call it first in each transaction. next_seq is the Sequencer's.
  void Begin(int64_t next_seq);

  // Tests whether the database accepts an event that is not stored yet. Returns
  // a reject if a CHECK, an index or a trigger forbids it. Changes nothing.
  std::optional<Reject> Try(const Event& event);

  // Stores a new or late event. Returns its id.
  int64_t Store(const Event& event, bool is_late);

  // Tells that an event is stored already, perhaps by another recorder. Its
  // child may be a later caller.
  void Recall(const Event& event);

  // Call it last in each transaction, after the Sequencer took its last number.
  // Writes the collected rows, and closes a block that the stream has passed.
  void Finish(int64_t next_seq);

  // Returns the time of the stored event with this number, if there is one.
  std::optional<int64_t> TimeOf(int64_t seq);

 private:
  int64_t IdOf(int64_t seq) const { return RecordId(stream_, seq); }
  void StoreCall(int64_t id, const Record& call, bool is_late);
  // Closes the open block if this id is after its end.
  void CloseBlockBefore(int64_t id);

  SQLite::Database* database_;
  int64_t stream_;
  BlockSummaries blocks_;
  Resolver resolver_;
  Inserter inserter_;
  CallerIndex calls_;
  Backfill backfill_;
  SQLite::Statement find_time_, find_deleted_;

  int64_t next_seq_ = 0;    // after the last transaction
  int64_t open_block_ = 0;  // the stream's last one
  // How many numbers of all streams were pruned or thinned. Grows with each
  // deleted record.
  std::optional<int64_t> deleted_;
  std::set<int64_t> late_blocks_;  // got late records in this transaction
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_ROW_SINK_H_
