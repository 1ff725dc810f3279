#include "recorder/ingest/writer.h"

#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <unordered_set>
#include <utility>

#include "recorder/ingest/row_sink.h"
#include "recorder/ingest/sequencer.h"
#include "recorder/ingest/streams.h"
#include "store/database.h"

namespace forkdb {
namespace {

// Reading the clock for each record would cost too much.
constexpr size_t kRecordsPerClockReading = 64;

// A record has the number of a stored record but another time.
class Contradiction : public std::exception {
 public:
  explicit Contradiction(const Record* record) : record_(record) {}

  const Record* record() const { return record_; }

 private:
  const Record* record_;
};

// Drops the first `count` events of the order from records, and keeps the
// others in the order in which they were read.
void DropFirst(size_t count, const std::vector<Event>& order,
               std::vector<Record>* records) {
  std::vector<bool> drop(records->size());
  for (size_t i = 0; i < count; ++i) {
    drop[static_cast<size_t>(order[i].call - records->data())] = true;
  }
  size_t kept = 0;
  for (size_t i = 0; i < records->size(); ++i) {
    if (drop[i]) continue;
    if (kept != i) (*records)[kept] = std::move((*records)[i]);
    ++kept;
  }
  records->resize(kept);
}

// A writer with its own Usernames may wait longer, because no live source fills
// up meanwhile.
constexpr std::chrono::milliseconds kLongBudget(10'000);

std::vector<uint32_t> UidsOf(const std::vector<Record>& records) {
  std::unordered_set<uint32_t> uids;
  for (const Record& record : records) uids.insert(record.uid);
  return {uids.begin(), uids.end()};
}

std::vector<Event> BySeq(const Batch& batch) {
  std::vector<Event> order(batch.records.begin(), batch.records.end());
  const auto by_seq = [](const Event& a, const Event& b) {
    return a.seq < b.seq;
  };
  if (!std::is_sorted(order.begin(), order.end(), by_seq)) {
    std::stable_sort(order.begin(), order.end(), by_seq);
  }
  return order;
}

}  // namespace

// In the order in which a record passes through them.
struct Writer::Stages {
  Stages(const Stream& stream, const std::string& path, Usernames* usernames,
         SQLite::Database* database)
      : row(FindOrInsertStream(stream, database)),
        sequencer(
            row.id, path, [this](int64_t seq) { return sink.TimeOf(seq); },
            database),
        sink(row, usernames, database),
        drains(database) {}

  StreamRow row;
  Sequencer sequencer;
  RowSink sink;
  Drains drains;
};

Writer::Writer(SQLite::Database* database, std::string path,
               Usernames* usernames, TransactionLimits limits)
    : database_(database),
      path_(std::move(path)),
      limits_(limits),
      own_usernames_(usernames == nullptr
                         ? std::make_unique<Usernames>(nullptr, kLongBudget)
                         : nullptr),
      usernames_(usernames == nullptr ? own_usernames_.get() : usernames) {}

Writer::~Writer() = default;

void Writer::Forget() { stages_.reset(); }

Drain Writer::Write(const Stream& stream, Batch* batch, int64_t now_ns) try {
  // Before the transaction, because no other process can write during it.
  usernames_->Prepare(batch->records.empty() ? usernames_->waiting_users()
                                             : UidsOf(batch->records),
                      now_ns);
  const bool nothing_new =
      batch->records.empty() && batch->rejected == 0 && stages_ != nullptr &&
      batch->final_seq < stages_->sequencer.next_seq() &&
      batch->missed.calls == 0 && usernames_->answered().empty() &&
      contradiction_.empty();
  if (nothing_new) return {};
  bool is_careful = false;
  for (;;) {
    try {
      Drain drain = WriteOnce(stream, is_careful, now_ns, batch);
      if (drain.complete) drain.contradiction.swap(contradiction_);
      return drain;
    } catch (const Contradiction& e) {
      contradiction_ = fmt::format(
          "database: {}: record {} is already stored with another time: the "
          "source is from another boot: give its boot with --boot-id",
          path_, e.record()->seq);
      batch->records.erase(
          batch->records.begin() + (e.record() - batch->records.data()),
          batch->records.end());
      batch->final_seq = 0;
      batch->watched.reset();
    } catch (const SQLite::Exception& e) {
      if (e.getErrorCode() != SQLITE_CONSTRAINT) throw;
      if (std::exchange(is_careful, true)) throw;
    }
  }
} catch (const SQLite::Exception& e) {
  throw DatabaseError(path_, e);
}

void Writer::MarkWatched(const Stream& stream,
                         const ClockReading& watched) try {
  InTransaction(stream, [&](Stages* stages) {
    stages->sequencer.Begin();
    stages->sequencer.Save(watched);
  });
} catch (const SQLite::Exception& e) {
  throw DatabaseError(path_, e);
}

void Writer::InTransaction(const Stream& stream,
                           const std::function<void(Stages*)>& work) {
  SQLite::Transaction transaction(*database_,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  std::unique_ptr<Stages> stages = std::move(stages_);
  if (stages == nullptr) {
    stages = std::make_unique<Stages>(stream, path_, usernames_, database_);
  }
  work(stages.get());
  transaction.commit();
  stages_ = std::move(stages);
}

Drain Writer::WriteOnce(const Stream& stream, bool is_careful, int64_t now_ns,
                        Batch* batch) {
  Drain drain;
  const std::vector<Event> order = BySeq(*batch);
  size_t taken = 0;
  InTransaction(stream, [&](Stages* stages) {
    Sequencer* sequencer = &stages->sequencer;
    sequencer->Begin();
    stages->sink.Begin(sequencer->next_seq());
    taken = StoreSome(order, is_careful, now_ns, stages, &drain);
    drain.complete = taken == order.size();
    int64_t final_seq = drain.last_refused_seq;
    if (drain.complete) {
      final_seq = std::max(final_seq, batch->final_seq);
      drain.rejected += batch->rejected;
      for (const Reject& reject : batch->rejects) drain.AddReject(reject);
    }
    sequencer->Finish(final_seq, now_ns, &drain);
    if (drain.complete) sequencer->AddMissed(batch->missed, &drain);
    sequencer->Save(drain.complete ? batch->watched : std::nullopt);
    stages->sink.Finish(sequencer->next_seq());
    stages->drains.Insert(stages->row.id, now_ns, drain);
    drain.next_seq = sequencer->next_seq();
  });
  usernames_->Stored();
  if (!drain.complete) DropFirst(taken, order, &batch->records);
  return drain;
}

size_t Writer::StoreSome(const std::vector<Event>& order, bool is_careful,
                         int64_t now_ns, Stages* stages, Drain* drain) {
  const auto end = std::chrono::steady_clock::now() + limits_.time;
  size_t taken = 0;
  for (const Event& event : order) {
    // The first few records are stored however long they take, so that each
    // transaction makes progress.
    const bool time_is_over = taken > 0 &&
                              taken % kRecordsPerClockReading == 0 &&
                              std::chrono::steady_clock::now() >= end;
    if (time_is_over || taken == limits_.records) break;
    ++taken;
    if (is_careful) {
      if (std::optional<Reject> reject = stages->sink.Try(event)) {
        ++drain->refused;
        ++drain->rejected;
        drain->last_refused_seq = event.seq;
        drain->AddReject(std::move(*reject));
        continue;
      }
    }
    switch (stages->sequencer.Take(event, now_ns, drain)) {
      case Sequencer::Verdict::kNew:
        drain->CountRecord(stages->sink.Store(event, /*is_late=*/false));
        break;
      case Sequencer::Verdict::kLate:
        drain->CountRecord(stages->sink.Store(event, /*is_late=*/true));
        break;
      case Sequencer::Verdict::kDuplicate:
        stages->sink.Recall(event);
        ++drain->duplicates;
        break;
      case Sequencer::Verdict::kContradiction:
        throw Contradiction(event.call);
    }
  }
  return taken;
}

}  // namespace forkdb
