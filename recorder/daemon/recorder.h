// Moves records from a source to the database.

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

// What a recorder has done since its construction. If a missing record is
// stored late, it no longer counts as missing.
struct Tally {
  int64_t records = 0;
  int64_t duplicates = 0;
  int64_t rejected = 0;
  int64_t gaps = 0;
  int64_t missing = 0;  // numbers in the gaps
  int64_t missed = 0;   // calls that took no number
};

// Reads and writes in two steps that can fail independently. Keeps records that
// were read but could not be written, and writes them first the next time.
// Never waits for records. Not thread-safe. The source must outlive it.
class Recorder {
 public:
  // The most batches kept, apart from one reading: about 262144 records, 50 MB.
  // Further records stay in the source, which may overwrite them.
  static constexpr size_t kMaxBatches = 4;

  // now returns CLOCK_REALTIME in ns. noticed is called after each commit. stop
  // is called between two transactions, and returns whether to stop.
  Recorder(Source* source, std::function<int64_t()> now,
           std::function<void(const Drain&)> noticed,
           std::function<bool()> stop);

  // Reads and writes until the source has no more for now (returns kAgain or
  // kEnd), or until stop() (may return kMore). Throws Error from the source or
  // the writer.
  ReadResult Pass(Writer* writer);

  // Reads once. Returns kAgain without reading if HasRoom() is false. Throws as
  // Source::Read() does.
  ReadResult Read();
  bool HasRoom() const;

  // Writes the records that were read, until stop(). Returns whether all are
  // written. Throws Error from the writer, and what noticed throws. Also throws
  // Error if a record contradicts a stored one (Drain::contradiction), after
  // the records before it are written.
  bool Write(Writer* writer);
  // The same, but ignores stop().
  void WriteAll(Writer* writer);

  // Stores that no call was missed until the last reading. Commits with records
  // store that anyway, so call this only when none come, and at the end. Does
  // nothing and returns false while records wait to be written, and for a saved
  // copy. Throws Error from the writer.
  bool MarkWatched(Writer* writer);

  // Call it after a database was opened, before Write(). next_seq is the
  // stream's in that database. If the database lacks records that were written
  // before, as a new file or an older copy does, rewinds the source and returns
  // true. Returns false if that is not necessary or not possible. Throws as
  // Source::Read() does.
  bool Resume(int64_t next_seq);

  // Reads and writes the rest. Call it at the end of the input, before
  // destruction. Throws Error from the source or the writer.
  void Finish(Writer* writer);

  const Tally& tally() const { return tally_; }
  // How many records Read() has read, including duplicates.
  int64_t read() const { return read_; }
  // How many records were read but not written yet.
  size_t kept() const;

 private:
  void Count(const Drain& drain);

  Source* source_;
  std::function<int64_t()> now_;
  std::function<void(const Drain&)> noticed_;
  std::function<bool()> stop_;
  std::deque<Batch> batches_;  // never empty; Read() adds to the last one
  std::optional<ClockReading> watched_;  // at the last reading
  Tally tally_;
  int64_t read_ = 0;
  int64_t next_seq_ = 1;  // of the database
  // Gaps below this number were counted by an earlier recorder. 0 before
  // Resume().
  int64_t first_seq_ = 0;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DAEMON_RECORDER_H_
