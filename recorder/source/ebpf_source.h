// The eBPF probe as a source of records.

#ifndef FORKDB_RECORDER_SOURCE_EBPF_SOURCE_H_
#define FORKDB_RECORDER_SOURCE_EBPF_SOURCE_H_

#include <cstddef>
#include <cstdint>

#include "ebpf/probe.h"
#include "recorder/source/reorder_buffer.h"
#include "recorder/source/source.h"

namespace forkdb {

// Each attachment is a stream of its own, numbered from 1.
//
// A reading takes at most Batch::kMaxRecords records. After a reading that
// empties the ring buffer, the numbers issued before the last such reading are
// final: those of them that have not come are lost. A reading that leaves
// records in the ring buffer makes no number final.
class EbpfSource : public Source {
 public:
  // Attaches the programs. now_ns is CLOCK_REALTIME. Throws Error if the kernel
  // refuses.
  EbpfSource(int64_t now_ns, size_t buffer_bytes, bool failures);

  ReadResult Read(Batch* batch) override;
  bool Rewind() override { return false; }
  ReadResult Finish(Batch* batch) override;
  PollTarget ready() const override;
  PollTarget urgent() const override;
  bool holds_past() const override { return false; }
  const Stream& stream() const override { return stream_; }

 private:
  // Adds to the batch the calls that the hook skipped since the last call.
  void CountMissed(Batch* batch);
  // Takes records out of the ring buffer. Returns true if the buffer has more.
  bool Take();

  Probe probe_;
  Stream stream_;
  ReorderBuffer reorder_;
  int64_t issued_seq_ = 0;  // at the last reading that emptied the buffer
  int64_t final_seq_ = 0;
  int64_t skipped_ = 0;  // calls that were skipped until looked_ns_
  int64_t looked_ns_;    // CLOCK_REALTIME
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_EBPF_SOURCE_H_
