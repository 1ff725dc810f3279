#include "recorder/writer.h"

#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "recorder/streams.h"
#include "store/database.h"

namespace forkdb {
namespace {

void BindIf(bool condition, int index, int64_t value,
            SQLite::Statement* statement) {
  if (condition) {
    statement->bind(index, value);
  } else {
    statement->bind(index);
  }
}

void Run(SQLite::Statement* statement) {
  statement->exec();
  statement->reset();
}

// Makes the table of the successes among a drain's late records.
SQLite::Database* WithLateTable(SQLite::Database* database) {
  database->exec(
      "CREATE TEMP TABLE IF NOT EXISTS late (id INTEGER, child_pid INTEGER, "
      "child_start_ns INTEGER, PRIMARY KEY (child_pid, child_start_ns)) "
      "WITHOUT ROWID");
  return database;
}

}  // namespace

Writer::Writer(SQLite::Database* database, std::string path)
    : database_(database),
      path_(std::move(path)),
      interner_(database),
      gaps_(database),
      creators_(database),
      blocks_(database),
      calls_(database),
      inserter_(database),
      find_time_(*database, "SELECT time_ns FROM records WHERE id = ?1"),
      find_next_seq_(*database,
                     "SELECT next_seq, (SELECT sum(pruned_seq) FROM streams) "
                     "FROM streams WHERE id = ?1"),
      update_next_seq_(*database,
                       "UPDATE streams SET next_seq = ?2 WHERE id = ?1"),
      insert_drain_(*database,
                    "INSERT INTO drains (stream, time_ns, records, duplicates, "
                    "rejected, first_id, last_id) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
      find_reject_(*database,
                   "SELECT 1 FROM rejects WHERE stream = ?1 AND line = ?2"),
      insert_reject_(*database,
                     "INSERT INTO rejects (drain, stream, reason, line) "
                     "VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"),
      insert_late_(
          *WithLateTable(database),
          "INSERT OR IGNORE INTO temp.late (id, child_pid, child_start_ns) "
          "VALUES (?1, ?2, ?3)"),
      // A thread id is never a tgid with the thread's start time, so threads
      // among the late match nothing.
      link_late_(*database,
                 "WITH calls AS (SELECT p.block * 4096 + c.value AS id, "
                 "late.id AS late FROM temp.late CROSS JOIN pid_blocks AS p "
                 "ON p.pid = late.child_pid AND p.caller_id = 0 "
                 "CROSS JOIN json_each(p.calls) AS c) "
                 "UPDATE main.records SET caller_id = late.id "
                 "FROM calls CROSS JOIN temp.late ON late.id = calls.late "
                 "WHERE records.id = calls.id AND records.id > late.id "
                 "AND records.id / 1000000000000 = late.id / 1000000000000 "
                 "AND records.caller_id IS NULL "
                 "AND records.tgid = late.child_pid "
                 "AND records.start_ns = late.child_start_ns "
                 "RETURNING records.id / 4096, pid, tgid") {}

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
    has_late_ = false;
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
    LinkToLateCreators();
    CorrectBlocks(drain);
    StoreDrain(*batch, now_ns, drain);
    transaction.commit();
  } catch (const std::exception& e) {
    // The rollback took back rows that the interner, the creators and the
    // stream's id stand for.
    interner_.Forget();
    gaps_.Reset();
    creators_.Reset();
    blocks_.Reset();
    calls_.Reset();
    inserter_.Reset();
    for (SQLite::Statement* statement :
         {&find_time_, &find_next_seq_, &update_next_seq_, &insert_drain_,
          &find_reject_, &insert_reject_, &insert_late_, &link_late_}) {
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
  insert_late_.bind(1, RecordId(stream_id_, record.seq));
  insert_late_.bind(2, record.child_pid);
  insert_late_.bind(3, record.child_start_ns);
  Run(&insert_late_);
  has_late_ = true;
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

// The callers that a late record created were stored without caller_id.
void Writer::LinkToLateCreators() {
  if (!has_late_) return;
  std::set<std::pair<int64_t, int64_t>> changed;
  while (link_late_.executeStep()) {
    const int64_t block = link_late_.getColumn(0).getInt64();
    changed.emplace(link_late_.getColumn(1).getInt64(), block);
    changed.emplace(link_late_.getColumn(2).getInt64(), block);
  }
  link_late_.reset();
  for (const auto& [pid, block] : changed) calls_.Rewrite(pid, block);
  database_->exec("DELETE FROM temp.late");
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

bool Writer::HasNewReject(const Batch& batch) {
  return std::any_of(
      batch.rejects.begin(), batch.rejects.end(), [&](const Reject& reject) {
        find_reject_.bind(1, stream_id_);
        find_reject_.bindNoCopy(2, reject.line.data(),
                                static_cast<int>(reject.line.size()));
        const bool found = find_reject_.executeStep();
        find_reject_.reset();
        return !found;
      });
}

void Writer::StoreDrain(const Batch& batch, int64_t now_ns,
                        const Drain& drain) {
  update_next_seq_.bind(1, stream_id_);
  update_next_seq_.bind(2, next_seq_);
  Run(&update_next_seq_);
  // A pass that found nothing new is not worth a row.
  if (drain.records == 0 && !HasNewReject(batch)) return;
  insert_drain_.bind(1, stream_id_);
  insert_drain_.bind(2, now_ns);
  insert_drain_.bind(3, drain.records);
  insert_drain_.bind(4, drain.duplicates);
  insert_drain_.bind(5, drain.rejected);
  BindIf(drain.records > 0, 6, drain.first_id, &insert_drain_);
  BindIf(drain.records > 0, 7, drain.last_id, &insert_drain_);
  Run(&insert_drain_);
  const int64_t drain_id = database_->getLastInsertRowid();
  for (const Reject& reject : batch.rejects) {
    insert_reject_.bind(1, drain_id);
    insert_reject_.bind(2, stream_id_);
    insert_reject_.bindNoCopy(3, reject.reason);
    insert_reject_.bindNoCopy(4, reject.line.data(),
                              static_cast<int>(reject.line.size()));
    Run(&insert_reject_);
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
