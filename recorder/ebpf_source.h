// The eBPF probe as a source of records.

#ifndef FORKDB_RECORDER_EBPF_SOURCE_H_
#define FORKDB_RECORDER_EBPF_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ebpf/probe.h"
#include "recorder/source.h"

namespace forkdb {

// Every attachment is a stream of its own, numbered from 1.
//
// Two processors may put their records into the buffer in another order than
// that of the numbers, so a hole may be filled a moment later. A reading hands
// over what follows on without a hole; beyond one, only numbers that had been
// given out before the reading before it: what is missing among those is lost.
class EbpfSource : public Source {
 public:
  // Attaches; throws Error if the kernel does not let us.
  EbpfSource(int64_t now_ns, size_t buffer_bytes);

  ReadResult Read(Batch* batch) override;
  void Rewind() override {}
  void Finish(Batch* batch) override;
  PollTarget ready() const override;
  PollTarget urgent() const override;
  bool holds_past() const override { return false; }
  const Stream& stream() const override { return stream_; }

 private:
  // Moves to the batch what follows on, and all up to the number final_seq.
  void HandOver(int64_t final_seq, Batch* batch);

  Probe probe_;
  Stream stream_;
  std::vector<Record> waiting_;
  int64_t next_seq_ = 1;    // follows the last one handed over
  int64_t issued_seq_ = 0;  // as the reading before saw it
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_EBPF_SOURCE_H_
