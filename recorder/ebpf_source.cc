#include "recorder/ebpf_source.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace forkdb {

EbpfSource::EbpfSource(int64_t now_ns, size_t buffer_bytes)
    : probe_(buffer_bytes) {
  stream_.boot = CurrentBoot();
  stream_.source = kEbpf;
  stream_.attachment = std::to_string(now_ns) + "-" + std::to_string(getpid());
  stream_.hook = probe_.hook();
  stream_.attach_ns = now_ns;
  stream_.capacity = probe_.capacity();
}

ReadResult EbpfSource::Read(Batch* batch) {
  const int64_t issued_seq = probe_.issued();
  probe_.Read(&waiting_);
  HandOver(issued_seq_, batch);
  issued_seq_ = issued_seq;
  return ReadResult::kAgain;
}

void EbpfSource::Finish(Batch* batch) {
  probe_.Detach();
  probe_.Read(&waiting_);
  HandOver(probe_.issued(), batch);
}

PollTarget EbpfSource::ready() const { return {probe_.ready_fd(), POLLIN}; }

PollTarget EbpfSource::urgent() const { return {probe_.urgent_fd(), POLLIN}; }

void EbpfSource::HandOver(int64_t final_seq, Batch* batch) {
  std::sort(waiting_.begin(), waiting_.end(),
            [](const Record& a, const Record& b) { return a.seq < b.seq; });
  auto end = waiting_.begin();
  while (end != waiting_.end() &&
         (end->seq <= final_seq || end->seq == next_seq_)) {
    next_seq_ = end->seq + 1;
    ++end;
  }
  batch->records.insert(batch->records.end(),
                        std::make_move_iterator(waiting_.begin()),
                        std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  batch->final_seq = std::max(final_seq, next_seq_ - 1);
}

}  // namespace forkdb
