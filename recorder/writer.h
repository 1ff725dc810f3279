// Puts batches into the database, one transaction each.

#ifndef FORKDB_RECORDER_WRITER_H_
#define FORKDB_RECORDER_WRITER_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "recorder/blocks.h"
#include "recorder/calls.h"
#include "recorder/creators.h"
#include "recorder/drains.h"
#include "recorder/gaps.h"
#include "recorder/inserter.h"
#include "recorder/interner.h"
#include "recorder/late_creators.h"
#include "recorder/source.h"
#include "recorder/usernames.h"

namespace forkdb {

// A record is stored once: what the stream's next_seq is past, and no gap
// holds, is a duplicate. So a source can be read again from its start at any
// time, by this recorder, a later one, or another at the same time. A record
// that arrives late is taken out of its gap. A line that is not a record is
// stored once for its stream.
//
// Each Write() is one transaction that reads what it builds on (next_seq, gaps)
// inside it: all of the batch is stored or, after an exception, none of it.
// Not thread-safe; the database must outlive it.
class Writer {
 public:
  // path is for messages.
  Writer(SQLite::Database* database, std::string path);

  // Stores the batch, sorted by seq here. Throws Error if the database cannot
  // be written, or if a record differs from the one stored under its number.
  Drain Write(const Stream& stream, Batch* batch, int64_t now_ns);

 private:
  void Attach(const Stream& stream);
  void Store(const Record& record, int64_t now_ns, Drain* drain);
  void StoreLate(const Record& record, int64_t now_ns, Drain* drain);
  // Of the numbers from next_seq_ to last_seq.
  void NoteGap(int64_t last_seq, std::optional<int64_t> before_ns,
               int64_t now_ns, Drain* drain);
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
  Interner interner_;
  Gaps gaps_;
  Creators creators_;
  Blocks blocks_;
  Calls calls_;
  LateCreators late_creators_;
  Drains drains_;
  Usernames usernames_;
  Inserter inserter_;
  SQLite::Statement find_time_;
  SQLite::Statement find_next_seq_;
  SQLite::Statement update_next_seq_;

  int64_t stream_id_ = 0;          // 0 until attached
  int64_t next_seq_ = 0;           // 0 until read
  int64_t pruned_ = 0;             // numbers pruned of all streams
  std::set<int64_t> late_blocks_;  // that this drain stored into
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_WRITER_H_
