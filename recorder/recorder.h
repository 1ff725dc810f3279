// One pass from a source to the database.

#ifndef FORKDB_RECORDER_RECORDER_H_
#define FORKDB_RECORDER_RECORDER_H_

#include <cstdint>
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

// Moves records from a source to a writer. Does not wait; threads: one. Source
// and writer must outlive it.
class Recorder {
 public:
  // now returns CLOCK_REALTIME in ns. noticed is called for every drain that
  // brought something, after its commit. stop is asked between two drains.
  Recorder(Source* source, Writer* writer, std::function<int64_t()> now,
           std::function<void(const Drain&)> noticed,
           std::function<bool()> stop);

  // Reads and writes until the source has no more for now (returns kAgain or
  // kEnd) or stop says so (kMore). Memory is bounded: a large backlog takes
  // several drains. Throws Error from the source or the writer.
  ReadResult Pass();

  // Call when the input has ended for good, before the recorder goes.
  void Finish();

  const Tally& tally() const { return tally_; }

 private:
  void WriteBatch();

  Source* source_;
  Writer* writer_;
  std::function<int64_t()> now_;
  std::function<void(const Drain&)> noticed_;
  std::function<bool()> stop_;
  Batch batch_;
  Tally tally_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_RECORDER_H_
