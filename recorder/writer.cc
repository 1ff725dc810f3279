#include "recorder/writer.h"

#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "recorder/streams.h"
#include "store/database.h"

namespace forkdb {
Writer::Writer(SQLite::Database* database, std::string path)
    : database_(database),
      path_(std::move(path)),
      interner_(database),
      gaps_(database),
      creators_(database),
      blocks_(database),
      calls_(database),
      late_creators_(database),
      drains_(database),
      inserter_(database),
      find_time_(*database, "SELECT time_ns FROM records WHERE id = ?1"),
      find_next_seq_(*database,
                     "SELECT next_seq, (SELECT sum(pruned_seq) FROM streams) "
                     "FROM streams WHERE id = ?1"),
      update_next_seq_(*database,
                       "UPDATE streams SET next_seq = ?2 WHERE id = ?1") {}

Drain Writer::Write(const Stream& stream, Batch* batch, int64_t now_ns) {
  Drain drain;
  const bool nothing_new = batch->records.empty() && batch->rejected == 0 &&
                           batch->final_seq < next_seq_;
  if (nothing_new) return drain;
  std::vector<Record>& records = batch->records;
  const auto by_seq = [](const Record& a, const Record& b) {
    return a.seq < b.seq;
  };
  if (!std::is_sorted(records.begin(), records.end(), by_seq)) {
    std::stable_sort(records.begin(), records.end(), by_seq);
  }
  drain.rejected = batch->rejected;
  try {
    SQLite::Transaction transaction(*database_,
                                    SQLite::TransactionBehavior::IMMEDIATE);
    if (stream_id_ == 0) Attach(stream);
    Synchronise();
    late_blocks_.clear();
    for (const Record& record : records) {
      if (record.seq < next_seq_) {
        StoreLate(record, now_ns, &drain);
        continue;
      }
      if (record.seq > next_seq_) {
        NoteGap(record.seq - 1, record.time_ns, now_ns, &drain);
      }
      CloseBlockBefore(record.seq);
      Store(record, now_ns, &drain);
      next_seq_ = record.seq + 1;
    }
    if (batch->final_seq >= next_seq_) {
      NoteGap(batch->final_seq, std::nullopt, now_ns, &drain);
      CloseBlockBefore(batch->final_seq);
      next_seq_ = batch->final_seq + 1;
    }
    inserter_.Flush();
    calls_.Flush();
    late_creators_.Link(&calls_);
    CorrectBlocks(drain);
    update_next_seq_.bind(1, stream_id_);
    update_next_seq_.bind(2, next_seq_);
    update_next_seq_.exec();
    update_next_seq_.reset();
    drains_.Insert(stream_id_, *batch, now_ns, drain);
    transaction.commit();
  } catch (const std::exception& e) {
    // The rollback took back rows that the interner, the creators and the
    // stream's id stand for.
    interner_.Forget();
    gaps_.Reset();
    creators_.Reset();
    blocks_.Reset();
    calls_.Reset();
    late_creators_.Reset();
    drains_.Reset();
    inserter_.Reset();
    for (SQLite::Statement* statement :
         {&find_time_, &find_next_seq_, &update_next_seq_}) {
      statement->tryReset();
    }
    stream_id_ = 0;
    next_seq_ = 0;
    const auto* sqlite_error = dynamic_cast<const SQLite::Exception*>(&e);
    if (sqlite_error != nullptr) throw DatabaseError(path_, *sqlite_error);
    throw;
  }
  return drain;
}

void Writer::Attach(const Stream& stream) {
  const StreamRow row = FindOrInsertStream(stream, database_);
  stream_id_ = row.id;
  creators_.Attach(row.boot);
  blocks_.CloseOthers(stream_id_);
}

void Writer::Store(const Record& record, int64_t now_ns, Drain* drain) {
  const int64_t id = RecordId(stream_id_, record.seq);
  const bool success = !record.failed();
  const std::optional<int64_t> caller_id = creators_.Find(id, record);
  const std::string& username = usernames_.Lookup(record.uid, now_ns);
  if (!success) interner_.Errno(record.ret);

  RecordRow row;
  row[RecordRow::kId] = id;
  row[RecordRow::kTimeNs] = record.time_ns;
  row[RecordRow::kUser] = interner_.User(record.uid, username);
  row[RecordRow::kComm] = interner_.Comm(record.comm);
  row[RecordRow::kFlagSet] =
      interner_.FlagSet(record.flags, record.exit_signal);
  row[RecordRow::kNamespaceSet] = interner_.NamespaceSet(record);
  row[RecordRow::kPid] = record.pid;
  row[RecordRow::kTgid] = record.tgid;
  row[RecordRow::kPpid] = record.ppid;
  row[RecordRow::kStartNs] = record.start_ns;
  row[RecordRow::kRet] = record.ret;
  row[RecordRow::kChildPid] = success ? record.child_pid : RecordRow::kNull;
  row[RecordRow::kChildStartNs] =
      success ? record.child_start_ns : RecordRow::kNull;
  row[RecordRow::kChildNsPid] =
      success && record.child_ns_pid != record.child_pid ? record.child_ns_pid
                                                         : RecordRow::kNull;
  row[RecordRow::kCallerId] = caller_id.value_or(RecordRow::kNull);
  inserter_.Add(row);
  blocks_.Add(row);
  calls_.Add(row);
  creators_.Add(id, record);

  if (drain->records == 0) {
    drain->first_id = drain->last_id = id;
  }
  ++drain->records;
  drain->first_id = std::min(drain->first_id, id);
  drain->last_id = std::max(drain->last_id, id);
}

void Writer::StoreLate(const Record& record, int64_t now_ns, Drain* drain) {
  if (!gaps_.Fill(stream_id_, record.seq, record.time_ns)) {
    CheckSame(record);
    // Another recorder may have stored it.
    creators_.Add(RecordId(stream_id_, record.seq), record);
    ++drain->duplicates;
    return;
  }
  Store(record, now_ns, drain);
  late_blocks_.insert(BlockOf(RecordId(stream_id_, record.seq)));
  if (record.failed()) return;
  late_creators_.Add(RecordId(stream_id_, record.seq), record);
}

void Writer::NoteGap(int64_t last_seq, std::optional<int64_t> before_ns,
                     int64_t now_ns, Drain* drain) {
  const Gap gap = {next_seq_, last_seq, now_ns, TimeOf(next_seq_ - 1),
                   before_ns};
  gaps_.Insert(stream_id_, gap);
  drain->gaps.push_back(gap);
}

void Writer::CheckSame(const Record& record) {
  const std::optional<int64_t> time_ns = TimeOf(record.seq);
  // Nothing there: the row has been pruned.
  if (!time_ns || *time_ns == record.time_ns) return;
  throw Error(fmt::format(
      "database: {}: number {} is stored with another time: the source is of "
      "another boot than before: name the boot with --boot-id",
      path_, record.seq));
}

int64_t Writer::OpenBlock() const {
  return BlockOf(RecordId(stream_id_, next_seq_ - 1));
}

void Writer::CloseBlockBefore(int64_t seq) {
  if (BlockOf(RecordId(stream_id_, seq)) != OpenBlock()) {
    inserter_.Flush();
    blocks_.Summarise(OpenBlock());
    blocks_.Open(BlockOf(RecordId(stream_id_, seq)));
  }
}

void Writer::CorrectBlocks(const Drain& drain) {
  // Another stream's recorder may have closed it.
  if (drain.records > 0) late_blocks_.insert(OpenBlock());
  for (const int64_t block : late_blocks_) {
    if (block != OpenBlock() || blocks_.Has(block)) blocks_.Summarise(block);
  }
}

void Writer::Synchronise() {
  find_next_seq_.bind(1, stream_id_);
  find_next_seq_.executeStep();
  const int64_t next_seq = find_next_seq_.getColumn(0).getInt64();
  const int64_t pruned = find_next_seq_.getColumn(1).getInt64();
  find_next_seq_.reset();
  // The names that only pruned records had are gone, and their ids may be given
  // to others.
  if (pruned != pruned_) interner_.Forget();
  if (next_seq != next_seq_ || pruned != pruned_) {
    next_seq_ = next_seq;
    pruned_ = pruned;
    blocks_.Open(OpenBlock());
  }
}

std::optional<int64_t> Writer::TimeOf(int64_t seq) {
  inserter_.Flush();  // it may be of this very batch
  find_time_.bind(1, RecordId(stream_id_, seq));
  std::optional<int64_t> time_ns;
  if (find_time_.executeStep()) time_ns = find_time_.getColumn(0).getInt64();
  find_time_.reset();
  return time_ns;
}

}  // namespace forkdb
