// Decides for each number of a stream whether it is new, late or a duplicate.

#ifndef FORKDB_RECORDER_INGEST_SEQUENCER_H_
#define FORKDB_RECORDER_INGEST_SEQUENCER_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "recorder/ingest/drains.h"
#include "recorder/ingest/gaps.h"
#include "recorder/source/event.h"
#include "recorder/source/source.h"

namespace forkdb {

// Also keeps track of missing numbers: the stream's next_seq and the tables
// gaps and missed. Does not depend on the kinds of event, or on how they are
// stored.
//
// next_seq is the lowest number that no recorder has seen. A lower number is a
// duplicate, unless it lies in a gap: then the event is late and its number is
// removed from the gap. A higher number opens a gap. So a source can be read
// again from its start at any time, by this recorder, a later one, or another
// at the same time.
//
// Use it inside a transaction. After an exception, make a new one. Not
// thread-safe. The database must outlive it.
class Sequencer {
 public:
  enum class Verdict {
    kNew,
    kLate,
    kDuplicate,
    // The stored event with this number has another time.
    kContradiction
  };

  // Returns the time of the stored event with this number, if there is one.
  using TimeOf = std::function<std::optional<int64_t>(int64_t seq)>;

  // stream is the id of a row of the table streams; path is for messages.
  Sequencer(int64_t stream, std::string path, TimeOf time_of,
            SQLite::Database* database);

  // Call it first in each transaction. Reads what other recorders have changed.
  // Throws DatabaseTrouble if the stream's row cannot have been written by a
  // recorder.
  void Begin();

  // Call it in the order of the numbers. Adds new gaps, and numbers removed
  // from gaps, to the drain. now_ns is CLOCK_REALTIME.
  Verdict Take(const Event& event, int64_t now_ns, Drain* drain);

  // Makes a gap of the numbers up to final_seq that have not come.
  void Finish(int64_t final_seq, int64_t now_ns, Drain* drain);

  // Stores how many calls took no number.
  void AddMissed(const MissedCalls& missed, Drain* drain);

  // Stores next_seq. If watched is not empty, also stores that the recorder has
  // seen all calls of the stream before that moment.
  void Save(const std::optional<ClockReading>& watched);

  int64_t next_seq() const { return next_seq_; }

 private:
  // Adds the gap from next_seq_ to last_seq.
  void AddGap(int64_t last_seq, std::optional<int64_t> before_ns,
              int64_t now_ns, Drain* drain);

  int64_t stream_;
  std::string path_;
  TimeOf time_of_;
  Gaps gaps_;
  SQLite::Statement find_next_seq_, update_stream_, insert_missed_;
  int64_t next_seq_ = 0;      // 0 before the first Begin()
  bool gap_is_open_ = false;  // the number before next_seq_ ends a gap
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_SEQUENCER_H_
