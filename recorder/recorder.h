// The way from a source to the database.

#ifndef FORKDB_RECORDER_RECORDER_H_
#define FORKDB_RECORDER_RECORDER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>

#include "recorder/source.h"
#include "recorder/writer.h"

namespace forkdb {

// What a recorder has done since it was made.
struct Tally {
  int64_t records = 0;
  int64_t duplicates = 0;
  int64_t rejected = 0;
  int64_t gaps = 0;
  int64_t missing = 0;  // numbers in the gaps
};

// Moves records from a source to a writer, in two steps that may fail each for
// itself: what was read and could not be written is kept, and comes first the
// next time. Does not wait; threads: one. The source must outlive it.
class Recorder {
 public:
  // What is kept at most, beyond one reading: some 262144 records, 50 MB. The
  // rest stays in the source, which may overwrite it.
  static constexpr size_t kMaxBatches = 4;

  // now returns CLOCK_REALTIME in ns. noticed is called for every drain that
  // brought something, after its commit. stop is asked between two drains.
  Recorder(Source* source, std::function<int64_t()> now,
           std::function<void(const Drain&)> noticed,
           std::function<bool()> stop);

  // Reads and writes until the source has no more for now (returns kAgain or
  // kEnd) or stop says so (kMore). Throws Error from the source or the writer.
  ReadResult Pass(Writer* writer);

  // One reading, unless HasRoom() says no (returns kAgain).
  ReadResult Read();
  bool HasRoom() const;

  // Writes what is kept. Throws Error from the writer, or what noticed throws.
  void Write(Writer* writer);

  // For a database that has lost what the one before had: begins again with the
  // oldest that the source holds.
  void Rewind();

  // Call when the input has ended for good, before the recorder goes.
  void Finish(Writer* writer);

  const Tally& tally() const { return tally_; }
  // Records that Read() has brought, known before or not.
  int64_t read() const { return read_; }
  // Records that were read and not written yet.
  size_t kept() const;

 private:
  Source* source_;
  std::function<int64_t()> now_;
  std::function<void(const Drain&)> noticed_;
  std::function<bool()> stop_;
  std::deque<Batch> batches_;  // never empty; the last one is being filled
  Tally tally_;
  int64_t read_ = 0;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_RECORDER_H_
