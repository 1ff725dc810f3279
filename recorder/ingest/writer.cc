#include "recorder/ingest/writer.h"

#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>
#include <linux/sched.h>
#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "recorder/ingest/streams.h"
#include "recorder/source/parser.h"
#include "store/database.h"

namespace forkdb {
namespace {

// Reading the clock for each record would cost more than it is worth.
constexpr size_t kRecordsPerClockReading = 64;

// A record has the number of a stored one, and another time.
class Contradiction : public std::exception {
 public:
  explicit Contradiction(const Record* record) : record_(record) {}

  const Record* record() const { return record_; }

  std::string Describe(const std::string& path) const {
    return fmt::format(
        "database: {}: record {} is already stored with another time: the "
        "source is from another boot: give its boot with --boot-id",
        path, record_->seq);
  }

 private:
  const Record* record_;
};

// Drops the first of an order, and keeps the others as they were read.
void DropFirst(size_t count, const std::vector<const Record*>& order,
               std::vector<Record>* records) {
  std::vector<bool> drop(records->size());
  for (size_t i = 0; i < count; ++i) {
    drop[static_cast<size_t>(order[i] - records->data())] = true;
  }
  size_t kept = 0;
  for (size_t i = 0; i < records->size(); ++i) {
    if (drop[i]) continue;
    if (kept != i) (*records)[kept] = std::move((*records)[i]);
    ++kept;
  }
  records->resize(kept);
}

// Where a writer asks by itself, nobody waits for it.
constexpr std::chrono::milliseconds kLongBudget(10'000);

std::vector<uint32_t> UidsOf(const std::vector<Record>& records) {
  std::unordered_set<uint32_t> uids;
  for (const Record& record : records) uids.insert(record.uid);
  return {uids.begin(), uids.end()};
}

std::vector<const Record*> BySeq(const std::vector<Record>& records) {
  std::vector<const Record*> order;
  order.reserve(records.size());
  for (const Record& record : records) order.push_back(&record);
  const auto by_seq = [](const Record* a, const Record* b) {
    return a->seq < b->seq;
  };
  if (!std::is_sorted(order.begin(), order.end(), by_seq)) {
    std::stable_sort(order.begin(), order.end(), by_seq);
  }
  return order;
}

}  // namespace

Writer::Writer(SQLite::Database* database, std::string path,
               Usernames* usernames, std::chrono::nanoseconds transaction_time)
    : database_(database),
      path_(std::move(path)),
      transaction_time_(transaction_time),
      dictionary_(database),
      gaps_(database),
      blocks_(database),
      parents_(&blocks_),
      calls_(database),
      backfill_(database),
      drains_(database),
      user_rows_(database),
      own_usernames_(usernames == nullptr
                         ? std::make_unique<Usernames>(nullptr, kLongBudget)
                         : nullptr),
      usernames_(usernames == nullptr ? own_usernames_.get() : usernames),
      inserter_(database),
      find_time_(*database, "SELECT time_ns FROM records WHERE id = ?1"),
      find_next_seq_(*database,
                     "SELECT next_seq, (SELECT sum(pruned_seq) FROM streams), "
                     "(SELECT sum(thinned) FROM streams) "
                     "FROM streams WHERE id = ?1"),
      update_stream_(
          *database,
          "UPDATE streams SET next_seq = ?2, ended_ns = "
          "iif(?4 > ifnull(ended_boottime_ns, -1), ?3, ended_ns), "
          "ended_boottime_ns = iif(?4 > ifnull(ended_boottime_ns, -1), ?4, "
          "ended_boottime_ns) WHERE id = ?1"),
      insert_missed_(*database,
                     "INSERT INTO missed (stream, seq, calls, after_ns, "
                     "before_ns) VALUES (?1, ?2, ?3, ?4, ?5) "
                     "ON CONFLICT DO UPDATE SET calls = calls + "
                     "excluded.calls, before_ns = excluded.before_ns") {}

Drain Writer::Write(const Stream& stream, Batch* batch, int64_t now_ns) try {
  // Before the transaction, which nobody else can write meanwhile.
  usernames_->Prepare(batch->records.empty() ? usernames_->waiting_users()
                                             : UidsOf(batch->records),
                      now_ns);
  const bool nothing_new = batch->records.empty() && batch->rejected == 0 &&
                           batch->final_seq < next_seq_ &&
                           batch->missed.calls == 0 &&
                           usernames_->answered().empty();
  if (nothing_new) return {};
  Refused refused;
  bool looked_for_refused = false;
  std::string contradiction;
  for (;;) {
    try {
      // After a contradiction there is no next call that would end the batch.
      Drain drain = WriteOnce(
          stream, refused, contradiction.empty() ? transaction_time_ : kAnyTime,
          now_ns, batch);
      drain.contradiction = std::move(contradiction);
      return drain;
    } catch (const Contradiction& e) {
      Reset();
      contradiction = e.Describe(path_);
      batch->records.erase(
          batch->records.begin() + (e.record() - batch->records.data()),
          batch->records.end());
      batch->final_seq = 0;
      batch->watched.reset();
      refused = Refused();
      looked_for_refused = false;
    } catch (const SQLite::Exception& e) {
      Reset();
      if (e.getErrorCode() != SQLITE_CONSTRAINT) throw;
      if (std::exchange(looked_for_refused, true)) throw;
      refused = FindRefused(stream, BySeq(batch->records));
    } catch (...) {
      Reset();
      throw;
    }
  }
} catch (const SQLite::Exception& e) {
  throw DatabaseError(path_, e);
}

Drain Writer::WriteOnce(const Stream& stream, const Refused& refused,
                        std::chrono::nanoseconds time, int64_t now_ns,
                        Batch* batch) {
  Drain drain;
  const Order order = BySeq(batch->records);
  SQLite::Transaction transaction(*database_,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  Begin(stream);
  FillInUsers();
  const size_t taken = StoreSome(order, refused, time, now_ns, &drain);
  drain.complete = taken == order.size();
  int64_t final_seq = drain.last_refused_seq;
  if (drain.complete) {
    final_seq = std::max(final_seq, batch->final_seq);
    drain.rejected += batch->rejected;
    for (const Reject& reject : batch->rejects) {
      if (drain.rejects.size() == Batch::kMaxRejects) break;
      drain.rejects.push_back(reject);
    }
  }
  if (final_seq >= next_seq_) {
    NoteGap(final_seq, std::nullopt, now_ns, &drain);
    CloseBlockBefore(final_seq);
    next_seq_ = final_seq + 1;
    gap_is_open_ = true;
  }
  inserter_.Flush();
  calls_.Flush();
  backfill_.Link(&calls_);
  CorrectBlocks(drain);
  UpdateStream(drain.complete ? batch->watched : std::nullopt);
  if (drain.complete) NoteMissed(batch->missed, &drain);
  drains_.Insert(stream_id_, now_ns, drain);
  transaction.commit();
  usernames_->Stored();
  drain.next_seq = next_seq_;
  if (!drain.complete) DropFirst(taken, order, &batch->records);
  return drain;
}

size_t Writer::StoreSome(const Order& order, const Refused& refused,
                         std::chrono::nanoseconds time, int64_t now_ns,
                         Drain* drain) {
  const auto end = std::chrono::steady_clock::now() + time;
  size_t taken = 0;
  for (const Record* record : order) {
    // The first few are stored whatever the time, so that work goes on.
    if (taken > 0 && taken % kRecordsPerClockReading == 0 &&
        std::chrono::steady_clock::now() >= end) {
      break;
    }
    ++taken;
    if (const auto why = refused.find(record); why != refused.end()) {
      ++drain->refused;
      ++drain->rejected;
      drain->last_refused_seq = record->seq;
      if (drain->rejects.size() < Batch::kMaxRejects) {
        drain->rejects.push_back({why->second, FormatRecord(*record)});
      }
      continue;
    }
    if (record->seq < next_seq_) {
      StoreLate(*record, drain);
      continue;
    }
    if (std::exchange(gap_is_open_, false)) {
      gaps_.Close(stream_id_, next_seq_ - 1, record->time_ns);
    }
    if (record->seq > next_seq_) {
      NoteGap(record->seq - 1, record->time_ns, now_ns, drain);
    }
    CloseBlockBefore(record->seq);
    Store(*record, drain);
    next_seq_ = record->seq + 1;
  }
  return taken;
}

Writer::Refused Writer::FindRefused(const Stream& stream, const Order& order) {
  Refused refused;
  try {
    const SQLite::Transaction transaction(
        *database_, SQLite::TransactionBehavior::IMMEDIATE);
    Begin(stream);
    for (const Record* record : order) {
      if (TimeOf(record->seq)) continue;  // stored before, or twice in here
      database_->exec("SAVEPOINT record");
      try {
        inserter_.Add(MakeRow(*record));
        inserter_.Flush();
        parents_.Add(RecordId(stream_id_, record->seq), *record);
      } catch (const SQLite::Exception& e) {
        if (e.getErrorCode() != SQLITE_CONSTRAINT) throw;
        refused.emplace(record,
                        fmt::format("refused by the database: {}", e.what()));
        inserter_.Reset();
        unknown_users_.clear();
        database_->exec("ROLLBACK TO record");
      }
      database_->exec("RELEASE record");
    }
  } catch (...) {
    Reset();
    throw;
  }
  Reset();
  return refused;
}

void Writer::MarkWatched(const Stream& stream,
                         const ClockReading& watched) try {
  try {
    SQLite::Transaction transaction(*database_,
                                    SQLite::TransactionBehavior::IMMEDIATE);
    Begin(stream);
    UpdateStream(watched);
    transaction.commit();
  } catch (...) {
    Reset();
    throw;
  }
} catch (const SQLite::Exception& e) {
  throw DatabaseError(path_, e);
}

void Writer::UpdateStream(const std::optional<ClockReading>& watched) {
  update_stream_.bind(1, stream_id_);
  update_stream_.bind(2, next_seq_);
  update_stream_.bind(3);
  update_stream_.bind(4);
  if (watched) {
    update_stream_.bind(3, watched->realtime_ns);
    update_stream_.bind(4, watched->boottime_ns);
  }
  update_stream_.exec();
  update_stream_.reset();
}

void Writer::Begin(const Stream& stream) {
  if (stream_id_ == 0) Attach(stream);
  Synchronise();
  late_blocks_.clear();
  unknown_users_.clear();
}

void Writer::Reset() {
  dictionary_.Forget();
  gaps_.Reset();
  parents_.Reset();
  blocks_.Reset();
  calls_.Reset();
  backfill_.Reset();
  drains_.Reset();
  inserter_.Reset();
  user_rows_.Reset();
  unknown_users_.clear();
  for (SQLite::Statement* statement :
       {&find_time_, &find_next_seq_, &update_stream_, &insert_missed_}) {
    statement->tryReset();
  }
  stream_id_ = 0;
  next_seq_ = 0;
}

void Writer::Forget() {
  dictionary_.Forget();
  blocks_.Reset();
  next_seq_ = 0;  // the next Write() reads the open block anew
}

void Writer::Attach(const Stream& stream) {
  const StreamRow row = FindOrInsertStream(stream, database_);
  stream_id_ = row.id;
  parents_.Attach(row.boot);
  blocks_.CloseOthers(stream_id_);
  // Of this recorder or of one before.
  for (const uint32_t uid : user_rows_.AllUnanswered()) {
    usernames_->WaitFor(uid);
  }
}

void Writer::FillInUsers() {
  for (const uint32_t uid : usernames_->answered()) {
    user_rows_.FillIn(uid, *usernames_->Find(uid));
  }
}

int64_t Writer::UserOf(uint32_t uid) {
  const std::string* username = usernames_->Find(uid);
  if (username != nullptr) return dictionary_.User(uid, *username);
  const auto [user, added] = unknown_users_.try_emplace(uid, 0);
  if (added) {
    const std::optional<std::string> last = user_rows_.LastKnown(uid);
    user->second =
        last ? dictionary_.User(uid, *last) : user_rows_.Unanswered(uid);
    if (!last) usernames_->WaitFor(uid);
  }
  return user->second;
}

RecordRow Writer::MakeRow(const Record& record) {
  const int64_t id = RecordId(stream_id_, record.seq);
  const bool success = !record.failed();
  const std::optional<int64_t> caller_id = parents_.Find(id, record);
  if (!success) dictionary_.Errno(record.ret);

  RecordRow row;
  row[RecordRow::kId] = id;
  row[RecordRow::kTimeNs] = record.time_ns;
  row[RecordRow::kUser] = UserOf(record.uid);
  row[RecordRow::kComm] = dictionary_.Comm(record.comm);
  row[RecordRow::kFlagSet] =
      dictionary_.FlagSet(record.flags, record.exit_signal);
  row[RecordRow::kNamespaceSet] = dictionary_.NamespaceSet(record);
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
  return row;
}

void Writer::Store(const Record& record, Drain* drain) {
  const int64_t id = RecordId(stream_id_, record.seq);
  const RecordRow row = MakeRow(record);
  inserter_.Add(row);
  blocks_.Add(row, !record.failed() && (record.flags & CLONE_THREAD) == 0);
  calls_.Add(row);
  parents_.Add(id, record);

  if (drain->records == 0) {
    drain->first_id = drain->last_id = id;
  }
  ++drain->records;
  drain->first_id = std::min(drain->first_id, id);
  drain->last_id = std::max(drain->last_id, id);
}

void Writer::StoreLate(const Record& record, Drain* drain) {
  const std::optional<int> added =
      gaps_.Fill(stream_id_, record.seq, record.time_ns);
  if (!added) {
    CheckSame(record);
    // Another recorder may have stored it.
    parents_.Add(RecordId(stream_id_, record.seq), record);
    ++drain->duplicates;
    return;
  }
  Store(record, drain);
  drain->filled.push_back({record.seq, *added});
  late_blocks_.insert(BlockOf(RecordId(stream_id_, record.seq)));
  if (record.failed()) return;
  backfill_.Add(RecordId(stream_id_, record.seq), record);
}

void Writer::NoteGap(int64_t last_seq, std::optional<int64_t> before_ns,
                     int64_t now_ns, Drain* drain) {
  std::optional<int64_t> after_ns = TimeOf(next_seq_ - 1);
  if (!after_ns) after_ns = gaps_.AfterNs(stream_id_, next_seq_ - 1);
  const Gap gap = {next_seq_, last_seq, now_ns, after_ns, before_ns};
  gaps_.Insert(stream_id_, gap);
  drain->gaps.push_back(gap);
}

void Writer::NoteMissed(const MissedCalls& missed, Drain* drain) {
  if (missed.calls == 0) return;
  insert_missed_.bind(1, stream_id_);
  insert_missed_.bind(2, next_seq_ - 1);
  insert_missed_.bind(3, missed.calls);
  insert_missed_.bind(4, missed.after_ns);
  insert_missed_.bind(5, missed.before_ns);
  insert_missed_.exec();
  insert_missed_.reset();
  drain->missed = missed.calls;
}

void Writer::CheckSame(const Record& record) {
  const std::optional<int64_t> time_ns = TimeOf(record.seq);
  // Nothing there: the row was pruned or thinned.
  if (!time_ns || *time_ns == record.time_ns) return;
  throw Contradiction(&record);
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
  const std::pair<int64_t, int64_t> pruned = {
      find_next_seq_.getColumn(1).getInt64(),
      find_next_seq_.getColumn(2).getInt64()};
  find_next_seq_.reset();
  if (next_seq < 1 || next_seq > kSeqLimit) {
    throw DatabaseTrouble(
        fmt::format("database: {}: stream {} has the impossible next number "
                    "{}: no recorder wrote this: choose another file with --db",
                    path_, stream_id_, next_seq),
        DatabaseTrouble::Kind::kRefused);
  }
  // The names that only deleted records had are gone, and their ids may be
  // given to others.
  if (pruned != pruned_) dictionary_.Forget();
  if (next_seq != next_seq_ || pruned != pruned_) {
    next_seq_ = next_seq;
    pruned_ = pruned;
    blocks_.Open(OpenBlock());
    gap_is_open_ = gaps_.IsOpen(stream_id_, next_seq_ - 1);
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
