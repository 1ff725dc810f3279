// Decides what becomes of each number of a stream.

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

// Tells new, late and duplicate events apart, and keeps the account of numbers
// that are missing: the stream's next_seq and the tables gaps and missed. Does
// not know the kinds of event, nor how they are stored.
//
// next_seq is the lowest number that nobody has seen. A lower number is a
// duplicate, unless it lies in a gap: then the event is late and is taken out
// of the gap. A higher number opens a gap. So a source can be read again from
// its start at any time, by this recorder, a later one, or another at the same
// time.
//
// To be used inside a transaction. After an exception, make a new one. Not
// thread-safe; the database must outlive it.
class Sequencer {
 public:
  enum class Verdict {
    kNew,
    kLate,
    kDuplicate,
    // The event that is stored under the number has another time.
    kContradiction
  };

  // Returns the time of the event stored under a number, if there is one.
  using TimeOf = std::function<std::optional<int64_t>(int64_t seq)>;

  // stream is the id of a row of the table streams; path is for messages.
  Sequencer(int64_t stream, std::string path, TimeOf time_of,
            SQLite::Database* database);

  // Call first in each transaction: reads what other recorders have changed.
  // Throws DatabaseTrouble if no recorder can have written the stream's row.
  void Begin();

  // Call in the order of the numbers. Adds gaps, and numbers taken out of gaps,
  // to the drain.
  Verdict Take(const Event& event, int64_t now_ns, Drain* drain);

  // Numbers up to final_seq that have not come will never come.
  void Finish(int64_t final_seq, int64_t now_ns, Drain* drain);

  // Stores the number of calls that took no number.
  void AddMissed(const MissedCalls& missed, Drain* drain);

  // Stores next_seq; and, with watched, that the recorder has seen all of the
  // stream before that moment.
  void Save(const std::optional<ClockReading>& watched);

  int64_t next_seq() const { return next_seq_; }

 private:
  // From next_seq_ to last_seq.
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
