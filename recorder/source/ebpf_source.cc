#include "recorder/source/ebpf_source.h"

#include <poll.h>
#include <unistd.h>

#include <string>

#include "base/clock_reading.h"
#include "base/time.h"

namespace forkdb {

EbpfSource::EbpfSource(int64_t now_ns, size_t buffer_bytes, bool failures)
    : probe_(buffer_bytes, failures), looked_ns_(now_ns) {
  stream_.boot = CurrentBoot();
  stream_.source = kEbpf;
  stream_.attachment = std::to_string(now_ns) + "-" + std::to_string(getpid());
  stream_.hook = probe_.hook();
  // Not now_ns: loading the programs takes a while.
  const ClockReading attached = ReadClocks();
  stream_.attach_ns = attached.realtime_ns;
  stream_.attach_boottime_ns = attached.boottime_ns;
  stream_.capacity = probe_.capacity();
}

bool EbpfSource::Take() {
  return probe_.Read(Batch::kMaxRecords, reorder_.incoming());
}

ReadResult EbpfSource::Read(Batch* batch) {
  CountMissed(batch);
  const int64_t issued_seq = probe_.issued();
  const bool more = Take();
  if (!more) {
    final_seq_ = issued_seq_;
    issued_seq_ = issued_seq;
  }
  reorder_.HandOver(final_seq_, batch);
  return more ? ReadResult::kMore : ReadResult::kAgain;
}

ReadResult EbpfSource::Finish(Batch* batch) {
  probe_.Detach();
  CountMissed(batch);
  const bool more = Take();
  reorder_.HandOver(more ? final_seq_ : probe_.issued(), batch);
  return more ? ReadResult::kMore : ReadResult::kEnd;
}

PollTarget EbpfSource::ready() const { return {probe_.ready_fd(), POLLIN}; }

PollTarget EbpfSource::urgent() const { return {probe_.urgent_fd(), POLLIN}; }

void EbpfSource::CountMissed(Batch* batch) {
  const int64_t skipped = probe_.skipped();
  const int64_t now_ns = RealtimeNow();
  batch->missed.Add({skipped - skipped_, looked_ns_, now_ns});
  skipped_ = skipped;
  looked_ns_ = now_ns;
}

}  // namespace forkdb
