#include "recorder/ingest/row_sink.h"

#include <fmt/core.h>
#include <linux/sched.h>
#include <sqlite3.h>

#include "recorder/ingest/run.h"
#include "recorder/source/parser.h"

namespace forkdb {

RowSink::RowSink(const StreamRow& stream, Usernames* usernames,
                 SQLite::Database* database)
    : database_(database),
      stream_(stream.id),
      blocks_(database),
      resolver_(stream, &blocks_, usernames, database),
      inserter_(database),
      calls_(database),
      backfill_(database),
      find_time_(*database, "SELECT time_ns FROM records WHERE id = ?1"),
      find_deleted_(*database,
                    "SELECT sum(pruned_seq + thinned) FROM streams") {
  blocks_.CloseOthers(stream_);
  backfill_.ReadOthers(stream);
}

void RowSink::Begin(int64_t next_seq) {
  const std::optional<int64_t> deleted = FindInteger({}, &find_deleted_);
  // Names that only deleted records used are gone, and SQLite may reuse their
  // ids.
  if (deleted != deleted_) resolver_.Forget();
  if (next_seq != next_seq_ || deleted != deleted_) {
    open_block_ = BlockOf(IdOf(next_seq - 1));
    blocks_.Open(open_block_);
    deleted_ = deleted;
  }
  resolver_.Begin();
}

std::optional<Reject> RowSink::Try(const Event& event) {
  if (TimeOf(event.seq)) return std::nullopt;
  std::optional<Reject> reject;
  database_->exec("SAVEPOINT record");
  try {
    inserter_.Add(resolver_.Resolve(IdOf(event.seq), *event.call));
    inserter_.Flush();
  } catch (const SQLite::Exception& e) {
    if (e.getErrorCode() != SQLITE_CONSTRAINT) throw;
    reject = {fmt::format("refused by the database: {}", e.what()),
              FormatRecord(*event.call)};
  }
  database_->exec("ROLLBACK TO record; RELEASE record");
  resolver_.Forget();
  return reject;
}

int64_t RowSink::Store(const Event& event, bool is_late) {
  const int64_t id = IdOf(event.seq);
  CloseBlockBefore(id);
  if (is_late) late_blocks_.insert(BlockOf(id));
  switch (event.kind) {
    case EventKind::kCall:
      StoreCall(id, *event.call, is_late);
      break;
  }
  return id;
}

void RowSink::StoreCall(int64_t id, const Record& call, bool is_late) {
  const RecordRow row = resolver_.Resolve(id, call);
  inserter_.Add(row);
  blocks_.Add(row, !call.failed() && (call.flags & CLONE_THREAD) == 0);
  calls_.Add(row);
  resolver_.AddParent(id, call);
  backfill_.Add(id, call, is_late);
}

void RowSink::Recall(const Event& event) {
  resolver_.AddParent(IdOf(event.seq), *event.call);
}

void RowSink::Finish(int64_t next_seq) {
  CloseBlockBefore(IdOf(next_seq - 1));
  inserter_.Flush();
  calls_.Flush();
  backfill_.Link(&calls_);
  // The recorder of another stream may have closed this one's open block.
  late_blocks_.insert(open_block_);
  for (const int64_t block : late_blocks_) {
    if (block != open_block_ || blocks_.Has(block)) blocks_.Summarise(block);
  }
  late_blocks_.clear();
  next_seq_ = next_seq;
}

std::optional<int64_t> RowSink::TimeOf(int64_t seq) {
  inserter_.Flush();  // the event may be in the same batch
  return FindInteger({IdOf(seq)}, &find_time_);
}

void RowSink::CloseBlockBefore(int64_t id) {
  if (BlockOf(id) <= open_block_) return;
  inserter_.Flush();
  blocks_.Summarise(open_block_);
  open_block_ = BlockOf(id);
  blocks_.Open(open_block_);
}

}  // namespace forkdb
