// Where records come from. Every source yields the same records; nothing behind
// it knows which one it was.

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

// A row of the streams table: one uninterrupted numbering of records.
struct Stream {
  Boot boot;
  std::string source;      // kProc, kEbpf or kFile
  std::string attachment;  // tells streams of one boot and source apart
  std::string hook;        // what sees the calls
  int64_t attach_ns = 0;
  // CLOCK_BOOTTIME of that; nothing for a saved copy, which nobody watches.
  std::optional<int64_t> attach_boottime_ns;
  int64_t capacity = 0;  // records that the source holds; 0 if not known
};

// A line that is not a record, and why.
struct Reject {
  std::string reason;
  std::string line;
};

// Calls that the source's hook skipped and that took no number, between two
// looks at the kernel's count of them.
struct MissedCalls {
  int64_t calls = 0;
  int64_t after_ns = 0;   // CLOCK_REALTIME at the first look
  int64_t before_ns = 0;  // at the second

  // Adds a later one.
  void Add(const MissedCalls& later);
};

// What one reading brought.
struct Batch {
  static constexpr size_t kMaxRecords = 65536;
  static constexpr size_t kMaxRejects = 16;

  std::vector<Record> records;
  std::vector<Reject> rejects;  // the first kMaxRejects
  int64_t rejected = 0;         // all of them
  // Numbers up to this one that are not here by now never will be; 0 where the
  // source does not know.
  int64_t final_seq = 0;
  MissedCalls missed;
  // All calls before this moment are in this batch or in one before it; nothing
  // where the source holds more, or is a saved copy.
  std::optional<ClockReading> watched;

  void Add(Reject reject);
  void Clear();
  bool full() const {
    return records.size() + static_cast<size_t>(rejected) >= kMaxRecords;
  }
};

enum class ReadResult {
  kMore,   // the batch is full; read on
  kAgain,  // nothing more for now: ready() comes true when there is
  kEnd,    // the end, for now: a file may grow, a pipe may get a new writer
};

// For poll(2).
struct PollTarget {
  int fd = -1;
  short events = 0;
};

// A source that has been read can be read no more, or not now: the module was
// unloaded, or there are no descriptors left. The next Read() tries again.
class SourceGone : public Error {
 public:
  using Error::Error;
};

// Not thread-safe. Owns its descriptors.
class Source {
 public:
  virtual ~Source() = default;

  // Adds what is new to the batch, at most about kMaxRecords. Throws SourceGone
  // if the source has been read before and cannot be now; other Errors if it
  // never could, is not what it should be, or is of a format version that is
  // not known here.
  virtual ReadResult Read(Batch* batch) = 0;

  // The next Read() begins with the oldest that the source holds, as if it had
  // been opened anew. Returns false, and changes nothing, if the source cannot
  // bring again what was read: a pipe, eBPF.
  virtual bool Rewind() = 0;

  // Adds what only the end of the input decides: a last line cut short is a
  // reject. Returns kMore if that was not all: call it again. Throws Error if
  // there was no input at all.
  virtual ReadResult Finish(Batch* batch) = 0;

  // Comes true when there is something to read; and when so much has gathered
  // that it should be read at once.
  virtual PollTarget ready() const = 0;
  virtual PollTarget urgent() const = 0;

  // Whether it holds records from before it was opened.
  virtual bool holds_past() const = 0;

  // Complete after the first Read().
  virtual const Stream& stream() const = 0;
};

struct SourceOptions {
  std::string source = "auto";  // "auto", "proc", "ebpf" or a path
  // Says that a saved copy is of this boot's /proc/fork_info.
  std::string boot_id;
  // Of the eBPF source's buffer; rounded up to a power of two.
  uint64_t buffer_bytes = uint64_t{16} * 1024 * 1024;
  // Whether the eBPF source records calls that fail.
  bool failures = true;
};

// Opens a source; throws Error, saying what to do, if there is none.
std::unique_ptr<Source> OpenSource(const SourceOptions& options,
                                   int64_t now_ns);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_SOURCE_H_
