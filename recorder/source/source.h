// Where records come from. All sources yield the same records, so the code that
// stores them does not depend on the source.

#ifndef FORKDB_RECORDER_SOURCE_SOURCE_H_
#define FORKDB_RECORDER_SOURCE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock_reading.h"
#include "base/error.h"
#include "recorder/source/boot.h"
#include "store/record.h"

namespace forkdb {

inline constexpr char kProcPath[] = "/proc/fork_info";

// Stream::source.
inline constexpr char kProc[] = "proc";
inline constexpr char kEbpf[] = "ebpf";
inline constexpr char kFile[] = "file";

// A row of the table streams: one uninterrupted numbering of records.
struct Stream {
  Boot boot;
  std::string source;      // kProc, kEbpf or kFile
  std::string attachment;  // distinguishes streams of one boot and source
  std::string hook;        // kernel functions that see the calls
  int64_t attach_ns = 0;   // CLOCK_REALTIME
  // The same moment in CLOCK_BOOTTIME. Empty for a saved copy, to which nothing
  // is added.
  std::optional<int64_t> attach_boottime_ns;
  int64_t capacity = 0;  // records that the source holds; 0 if not known
};

// A line that is not a record, and the reason.
struct Reject {
  std::string reason;
  std::string line;
};

// Calls that the source's hook skipped, so that they took no number. The kernel
// counts them; this is the difference between two readings of its count.
struct MissedCalls {
  int64_t calls = 0;
  int64_t after_ns = 0;   // CLOCK_REALTIME of the first reading
  int64_t before_ns = 0;  // CLOCK_REALTIME of the second

  // Adds the calls of a later period.
  void Add(const MissedCalls& later);
};

// The result of one reading.
struct Batch {
  static constexpr size_t kMaxRecords = 65536;
  static constexpr size_t kMaxRejects = 16;

  std::vector<Record> records;
  std::vector<Reject> rejects;  // at most the first kMaxRejects
  int64_t rejected = 0;         // how many there were
  // Numbers up to this one that have not come by now are lost. 0 if the source
  // does not know.
  int64_t final_seq = 0;
  MissedCalls missed;
  // All calls before this moment are in this batch or an earlier one. Empty if
  // the source has more, or is a saved copy.
  std::optional<ClockReading> watched;

  void Add(Reject reject);
  void Clear();
  bool full() const {
    return records.size() + static_cast<size_t>(rejected) >= kMaxRecords;
  }
};

enum class ReadResult {
  kMore,   // the batch is full, or the source may have more: read again
  kAgain,  // no more for now: poll ready()
  kEnd,    // the end for now: a file may grow, a pipe may get a new writer
};

// The descriptor and events to pass to poll(2). fd is -1 for none.
struct PollTarget {
  int fd = -1;
  short events = 0;
};

// A source that has been read before cannot be read now: the module was
// unloaded, or no descriptors are left. The next Read() tries again.
class SourceGone : public Error {
 public:
  using Error::Error;
};

// Not thread-safe. Owns its descriptors.
class Source {
 public:
  virtual ~Source() = default;

  // Adds new records to the batch, at most about kMaxRecords. Throws SourceGone
  // if the source has been read before and cannot be read now. Throws another
  // Error if it has never been readable, is not in the format, or has an
  // unknown format version.
  virtual ReadResult Read(Batch* batch) = 0;

  // Makes the next Read() begin with the oldest record that the source holds,
  // as if it had been reopened. Returns false and changes nothing if the source
  // cannot be read twice: a pipe or eBPF.
  virtual bool Rewind() = 0;

  // Ends the input. Adds what is left of it: an incomplete last line is a
  // reject. If it returns kMore, call it again. Throws Error if there was no
  // input at all.
  virtual ReadResult Finish(Batch* batch) = 0;

  // ready() can be polled for records to read, and urgent() for so many records
  // that they should be read at once.
  virtual PollTarget ready() const = 0;
  virtual PollTarget urgent() const = 0;

  // Whether the source has records from before it was opened.
  virtual bool holds_past() const = 0;

  // Complete after the first Read().
  virtual const Stream& stream() const = 0;
};

struct SourceOptions {
  std::string source = "auto";  // "auto", "proc", "ebpf" or a path
  // The boot of a saved copy of /proc/fork_info. Empty if not known.
  std::string boot_id;
  // Size of the eBPF source's buffer. Rounded up to a power of two.
  uint64_t buffer_bytes = uint64_t{16} * 1024 * 1024;
  // Whether the eBPF source records calls that fail.
  bool failures = true;
};

// Opens a source. now_ns is CLOCK_REALTIME. Throws Error with advice if there
// is none.
std::unique_ptr<Source> OpenSource(const SourceOptions& options,
                                   int64_t now_ns);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_SOURCE_H_
