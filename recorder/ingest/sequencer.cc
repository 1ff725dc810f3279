#include "recorder/ingest/sequencer.h"

#include <fmt/core.h>

#include <utility>

#include "recorder/ingest/run.h"
#include "store/database.h"

namespace forkdb {

Sequencer::Sequencer(int64_t stream, std::string path, TimeOf time_of,
                     SQLite::Database* database)
    : stream_(stream),
      path_(std::move(path)),
      time_of_(std::move(time_of)),
      gaps_(database),
      find_next_seq_(*database, "SELECT next_seq FROM streams WHERE id = ?1"),
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

void Sequencer::Begin() {
  const int64_t next_seq = FindInteger({stream_}, &find_next_seq_).value_or(0);
  if (next_seq < 1 || next_seq > kSeqLimit) {
    throw DatabaseTrouble(
        fmt::format("database: {}: stream {} has the impossible next number "
                    "{}: no recorder wrote this: choose another file with --db",
                    path_, stream_, next_seq),
        DatabaseTrouble::Kind::kRefused);
  }
  if (next_seq == next_seq_) return;
  next_seq_ = next_seq;
  gap_is_open_ = gaps_.IsOpen(stream_, next_seq_ - 1);
}

Sequencer::Verdict Sequencer::Take(const Event& event, int64_t now_ns,
                                   Drain* drain) {
  if (event.seq < next_seq_) {
    if (const std::optional<int> added =
            gaps_.Fill(stream_, event.seq, event.time_ns)) {
      drain->filled.push_back({event.seq, *added});
      return Verdict::kLate;
    }
    const std::optional<int64_t> time_ns = time_of_(event.seq);
    // time_ns is empty if the row was pruned or thinned.
    return time_ns && *time_ns != event.time_ns ? Verdict::kContradiction
                                                : Verdict::kDuplicate;
  }
  if (std::exchange(gap_is_open_, false)) {
    gaps_.Close(stream_, next_seq_ - 1, event.time_ns);
  }
  if (event.seq > next_seq_) {
    AddGap(event.seq - 1, event.time_ns, now_ns, drain);
  }
  next_seq_ = event.seq + 1;
  return Verdict::kNew;
}

void Sequencer::Finish(int64_t final_seq, int64_t now_ns, Drain* drain) {
  if (final_seq < next_seq_) return;
  AddGap(final_seq, std::nullopt, now_ns, drain);
  next_seq_ = final_seq + 1;
  gap_is_open_ = true;
}

void Sequencer::AddGap(int64_t last_seq, std::optional<int64_t> before_ns,
                       int64_t now_ns, Drain* drain) {
  std::optional<int64_t> after_ns = time_of_(next_seq_ - 1);
  if (!after_ns) after_ns = gaps_.AfterNs(stream_, next_seq_ - 1);
  const Gap gap = {next_seq_, last_seq, now_ns, after_ns, before_ns};
  gaps_.Insert(stream_, gap);
  drain->gaps.push_back(gap);
}

void Sequencer::AddMissed(const MissedCalls& missed, Drain* drain) {
  if (missed.calls == 0) return;
  Run({stream_, next_seq_ - 1, missed.calls, missed.after_ns, missed.before_ns},
      &insert_missed_);
  drain->missed = missed.calls;
}

void Sequencer::Save(const std::optional<ClockReading>& watched) {
  if (watched) {
    Run({stream_, next_seq_, watched->realtime_ns, watched->boottime_ns},
        &update_stream_);
  } else {
    Run({stream_, next_seq_, std::nullopt, std::nullopt}, &update_stream_);
  }
}

}  // namespace forkdb
