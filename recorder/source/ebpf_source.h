// The eBPF probe as a source of records.

#ifndef FORKDB_RECORDER_SOURCE_EBPF_SOURCE_H_
#define FORKDB_RECORDER_SOURCE_EBPF_SOURCE_H_

#include <cstddef>
#include <cstdint>

#include "ebpf/probe.h"
#include "recorder/source/reorder_buffer.h"
#include "recorder/source/source.h"

namespace forkdb {

// Every attachment is a stream of its own, numbered from 1.
//
// A reading that empties the ring buffer makes final what had been given out
// before the reading before it: what is missing among those numbers is lost. A
// reading takes at most Batch::kMaxRecords records, however large the ring
// buffer is; one that leaves some there makes nothing final.
class EbpfSource : public Source {
 public:
  // Attaches; throws Error if the kernel does not let us.
  EbpfSource(int64_t now_ns, size_t buffer_bytes, bool failures);

  ReadResult Read(Batch* batch) override;
  bool Rewind() override { return false; }
  ReadResult Finish(Batch* batch) override;
  PollTarget ready() const override;
  PollTarget urgent() const override;
  bool holds_past() const override { return false; }
  const Stream& stream() const override { return stream_; }

 private:
  // Adds to the batch what the hook skipped since the look before.
  void CountMissed(Batch* batch);
  // Takes records out of the ring buffer. Returns whether it left some.
  bool Take();

  Probe probe_;
  Stream stream_;
  ReorderBuffer reorder_;
  int64_t issued_seq_ = 0;  // as the last reading that left nothing saw it
  int64_t final_seq_ = 0;
  int64_t skipped_ = 0;  // as the reading before saw it
  int64_t looked_ns_;    // when that was
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_EBPF_SOURCE_H_
