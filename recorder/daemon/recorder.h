// The way from a source to the database.

#ifndef FORKDB_RECORDER_DAEMON_RECORDER_H_
#define FORKDB_RECORDER_DAEMON_RECORDER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "recorder/ingest/writer.h"
#include "recorder/source/source.h"

namespace forkdb {

// What a recorder has done since it was made. It follows the database: a number
// that was counted as missing and is stored after all is counted as missing no
// more.
struct Tally {
  int64_t records = 0;
  int64_t duplicates = 0;
  int64_t rejected = 0;
  int64_t gaps = 0;
  int64_t missing = 0;  // numbers in the gaps
  int64_t missed = 0;   // calls that took no number
};

// Moves records from a source to a writer, in two steps that may fail each for
// itself: what was read and could not be written is kept, and comes first the
// next time. Does not wait; threads: one. The source must outlive it.
class Recorder {
 public:
  // What is kept at most, beyond one reading, however often the database is
  // opened or refuses: some 262144 records, 50 MB. The rest stays in the
  // source, which may overwrite it.
  static constexpr size_t kMaxBatches = 4;

  // now returns CLOCK_REALTIME in ns. noticed is called for every drain that
  // brought something, after its commit. stop is asked between two
  // transactions.
  Recorder(Source* source, std::function<int64_t()> now,
           std::function<void(const Drain&)> noticed,
           std::function<bool()> stop);

  // Reads and writes until the source has no more for now (returns kAgain or
  // kEnd) or stop says so (kMore). Throws Error from the source or the writer.
  ReadResult Pass(Writer* writer);

  // One reading, unless HasRoom() says no (returns kAgain).
  ReadResult Read();
  bool HasRoom() const;

  // Writes what is kept, until stop says so between two transactions. Returns
  // whether all is written. Throws Error from the writer, or what noticed
  // throws; or, once what was read before it is written, because a record
  // contradicts what is stored (Drain::contradiction).
  bool Write(Writer* writer);
  // The same, whatever stop says.
  void WriteAll(Writer* writer);

  // Stores that nothing has been missed until the last reading, where no commit
  // has said so; call it now and then on a quiet machine, and at the end.
  // Returns whether it did: not while records wait, and not of a saved copy.
  // Throws Error from the writer.
  bool MarkWatched(Writer* writer);

  // To be called with a database that was opened anew, before Write(): next_seq
  // is what it has of the stream. If it lacks what was written before, as a new
  // file or an older copy does, reading begins again with the oldest that the
  // source holds, if it holds any. Returns whether it does. Throws as
  // Source::Read() does.
  bool Resume(int64_t next_seq);

  // Call when the input has ended for good, before the recorder goes.
  void Finish(Writer* writer);

  const Tally& tally() const { return tally_; }
  // Records that Read() has brought, known before or not.
  int64_t read() const { return read_; }
  // Records that were read and not written yet.
  size_t kept() const;

 private:
  void Count(const Drain& drain);

  Source* source_;
  std::function<int64_t()> now_;
  std::function<void(const Drain&)> noticed_;
  std::function<bool()> stop_;
  std::deque<Batch> batches_;  // never empty; the last one is being filled
  std::optional<ClockReading> watched_;  // as of the last reading
  Tally tally_;
  int64_t read_ = 0;
  int64_t next_seq_ = 1;  // that was written
  // Gaps below it were counted by an earlier recorder, if by any; 0 until
  // Resume().
  int64_t first_seq_ = 0;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_RECORDER_H_
